package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;

/** {@code struct lb_service}. */
final class ServiceLayout {
  private ServiceLayout() {}

  static final int BYTES = 8;
  static final int GROUP = 0;
  static final int SERVICE = 4;
  static final int SELECTION = 6;
  static final int FLAGS = 7;

  static final int FLAG_HAS_ROUTES = 1;

  static void encode(ServiceEntry entry, ByteBuffer to, int at) {
    WireFormat.putInt(to, at + GROUP, entry.group());
    WireFormat.putShort(to, at + SERVICE, entry.service());
    to.put(at + SELECTION, (byte) selectionCode(entry.selection()));
    to.put(at + FLAGS, (byte) (entry.hasRoutes() ? FLAG_HAS_ROUTES : 0));
  }

  static ServiceEntry decode(ByteBuffer from, int at) {
    return new ServiceEntry(
        WireFormat.getInt(from, at + GROUP),
        WireFormat.getShort(from, at + SERVICE),
        selection(from.get(at + SELECTION)),
        (from.get(at + FLAGS) & FLAG_HAS_ROUTES) != 0);
  }

  /** {@code enum lb_selection}. */
  static int selectionCode(Plan.Selection selection) {
    return switch (selection) {
      case FIVE_TUPLE -> 0;
      case SOURCE -> 1;
      case RANDOM -> 2;
    };
  }

  private static Plan.Selection selection(byte code) {
    for (Plan.Selection selection : Plan.Selection.values()) {
      if (selectionCode(selection) == code) {
        return selection;
      }
    }
    throw new IllegalArgumentException("selection " + code);
  }
}
