package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Filters of a clsact qdisc, for kernels without TCX. They outlive the process that made them, so
 * each has a fixed place, where a new process replaces what a killed one left.
 */
final class ClsactFilters implements Attachment {
  private static final int HANDLE = 0x6c62;
  private static final int PRIORITY = 27;

  /** What all our programs' names begin with. */
  static final String NAME_PREFIX = "lb_tc_";

  private static final int HOOK_BYTES = 24;
  private static final int OPTIONS_BYTES = 32;
  private static final int FLAG_REPLACE = 1;
  private static final int TC_MESSAGE_BYTES = 20;

  private final NetworkLink link;
  private final List<TcDirection> attached = new ArrayList<>();
  private boolean qdiscIsOurs;
  private boolean closed;

  private ClsactFilters(NetworkLink link) {
    this.link = link;
  }

  /** Makes the qdisc unless there is one. */
  static ClsactFilters on(NetworkLink link) {
    ClsactFilters filters = new ClsactFilters(link);
    try (Memory hook = filters.hook(bothDirections())) {
      int result = LibBpf.bpf_tc_hook_create(hook);
      if (result < 0 && result != -Errno.EEXIST) {
        throw AttachException.tc(link, "clsact qdisc", -result);
      }
      filters.qdiscIsOurs = result == 0;
    }
    return filters;
  }

  /**
   * @throws AttachException if the kernel refuses, or someone else's filter is in our place
   */
  void attach(BpfProgram program, TcDirection direction) {
    try (Memory hook = hook(direction.attachPoint());
        Memory options = options()) {
      int occupant = occupant(hook);
      if (occupant != 0) {
        String name = ProgramInfo.findName(occupant).orElse("");
        if (!name.startsWith(NAME_PREFIX)) {
          throw AttachException.tc(link, "clsact " + direction.title(), Errno.EBUSY);
        }
        // Left by a process of ours that could not clean up, with its qdisc.
        qdiscIsOurs = true;
      }
      options.setInt(8, program.fd());
      options.setInt(12, occupant == 0 ? 0 : FLAG_REPLACE);
      int result = LibBpf.bpf_tc_attach(hook, options);
      if (result < 0) {
        throw AttachException.tc(link, "clsact " + direction.title(), -result);
      }
      attached.add(direction);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (TcDirection direction : attached) {
      try (Memory hook = hook(direction.attachPoint());
          Memory options = options()) {
        LibBpf.bpf_tc_detach(hook, options);
      }
    }
    if (qdiscIsOurs && isEmpty()) {
      try (Memory hook = hook(bothDirections())) {
        LibBpf.bpf_tc_hook_destroy(hook);
      }
    }
  }

  /** The id of the program in our place, or 0. */
  private static int occupant(Memory hook) {
    try (Memory options = options()) {
      return LibBpf.bpf_tc_query(hook, options) < 0 ? 0 : options.getInt(16);
    }
  }

  private boolean isEmpty() {
    try {
      return Arrays.stream(TcDirection.values()).allMatch(side -> list(link, side).isEmpty());
    } catch (DataPlaneException e) {
      // The interface or the qdisc is gone: nothing to remove.
      return false;
    }
  }

  /** Whether nobody else has filters there. */
  static boolean areOurs(NetworkLink link, TcDirection direction) {
    return list(link, direction).stream()
        .allMatch(filter -> filter.body().getInt(16) >>> Short.SIZE == PRIORITY);
  }

  private static List<NetlinkMessage> list(NetworkLink link, TcDirection direction) {
    byte[] request = new byte[TC_MESSAGE_BYTES];
    ByteBuffer.wrap(request)
        .order(ByteOrder.nativeOrder())
        .putInt(4, link.ifindex())
        .putInt(12, direction.parent());
    return NetlinkSocket.dump(NetlinkMessage.GET_FILTER, request);
  }

  private static int bothDirections() {
    return TcDirection.INGRESS.attachPoint() | TcDirection.EGRESS.attachPoint();
  }

  private Memory hook(int attachPoint) {
    Memory hook = new Memory(HOOK_BYTES);
    hook.clear();
    hook.setLong(0, HOOK_BYTES);
    hook.setInt(8, link.ifindex());
    hook.setInt(12, attachPoint);
    return hook;
  }

  private static Memory options() {
    Memory options = new Memory(OPTIONS_BYTES);
    options.clear();
    options.setLong(0, OPTIONS_BYTES);
    options.setInt(20, HANDLE);
    options.setInt(24, PRIORITY);
    return options;
  }
}
