package io.ebpflb.runtime.dataplane;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.LongStream;

/**
 * What one packet led to.
 *
 * @param counted by how much each word of {@code struct lb_counts} grew
 */
record MutantResult(int verdict, byte[] packet, long[] counted) {
  long drops() {
    return sum(CountsLayout.DROP, CountsLayout.HANDOVER);
  }

  long handovers() {
    return sum(CountsLayout.HANDOVER, CountsLayout.TABLE);
  }

  long handovers(HandoverReason reason) {
    return counted[CountsLayout.HANDOVER / Long.BYTES + reason.ordinal()];
  }

  long events(TableEvent event) {
    return CountsLayout.of(counted, event);
  }

  private long sum(int fromByte, int toByte) {
    return LongStream.of(Arrays.copyOfRange(counted, fromByte / Long.BYTES, toByte / Long.BYTES))
        .sum();
  }

  @Override
  public String toString() {
    return "verdict %d, drops %s, handed over %s, table %s: %s"
        .formatted(
            verdict,
            CountsLayout.drops(counted),
            CountsLayout.handovers(counted),
            CountsLayout.tableEvents(counted),
            HexFormat.of().formatHex(packet));
  }
}
