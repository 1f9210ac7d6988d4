package io.ebpflb.runtime.dataplane;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@code struct lb_counts}: 64-bit words. */
final class CountsLayout {
  static final int BYTES = 384;
  static final int DROP = 0;
  static final int HANDOVER = 128;
  static final int TABLE = 256;

  private CountsLayout() {}

  static Map<String, Long> drops(long[] counts) {
    return named(counts, DROP, DropReason.values());
  }

  static Map<String, Long> handovers(long[] counts) {
    return named(counts, HANDOVER, HandoverReason.values());
  }

  static Map<String, Long> tableEvents(long[] counts) {
    return named(counts, TABLE, TableEvent.values());
  }

  static long of(long[] counts, TableEvent event) {
    return counts[TABLE / Long.BYTES + event.ordinal()];
  }

  /** Lines that established flows fill; an IPv6 flow fills two. */
  static long establishedLines(long[] counts) {
    return Math.max(
        0, of(counts, TableEvent.LINES_ESTABLISHED) - of(counts, TableEvent.LINES_RETIRED));
  }

  private static Map<String, Long> named(long[] counts, int offset, Counted[] names) {
    Map<String, Long> named = new LinkedHashMap<>();
    for (Counted name : names) {
      named.put(name.title(), counts[offset / Long.BYTES + name.ordinal()]);
    }
    return named;
  }
}
