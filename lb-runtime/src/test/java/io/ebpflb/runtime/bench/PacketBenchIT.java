package io.ebpflb.runtime.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Protocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That every case measures what it says; how much it costs depends on what else runs here. */
class PacketBenchIT {
  /** No packet costs as much, however busy the machine; and none of ours is free. */
  private static final double NANOS_MAX = 100_000;

  @Test
  void measuresEachCaseAndLeavesNothingBehind() throws IOException {
    List<PacketCost> costs = PacketBench.run(List.of(Family.IPV6), List.of(Protocol.UDP));
    assertThat(costs)
        .extracting(cost -> cost.packetCase().label + " " + cost.flows())
        .containsExactly(
            "established 1",
            "reply 1",
            "not-ours 1",
            "established 65536",
            "reply 65536",
            "not-ours 65536",
            "new-flow 65536",
            "promotion 4096");
    assertThat(costs)
        .allSatisfy(
            cost -> {
              assertThat(cost.floorNanos()).isBetween(1.0, NANOS_MAX);
              assertThat(cost.nanos()).isLessThan(NANOS_MAX);
            });
    assertThat(nanos(costs, PacketCase.ESTABLISHED)).isPositive();
    assertThat(nanos(costs, PacketCase.NEW_FLOW))
        .isGreaterThan(nanos(costs, PacketCase.ESTABLISHED));
    assertThat(namespaces()).doesNotContain("lb-bench-" + ProcessHandle.current().pid());
  }

  /** With one flow, where there is a choice. */
  private static double nanos(List<PacketCost> costs, PacketCase packetCase) {
    return costs.stream()
        .filter(cost -> cost.packetCase() == packetCase)
        .findFirst()
        .orElseThrow()
        .nanos();
  }

  private static String namespaces() throws IOException {
    Process list = new ProcessBuilder("ip", "netns", "list").start();
    return new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
