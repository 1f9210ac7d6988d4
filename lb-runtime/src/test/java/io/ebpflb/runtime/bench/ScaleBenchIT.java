package io.ebpflb.runtime.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That every part measures what it says; how much it costs depends on what else runs here. */
@Tag("side-by-side")
class ScaleBenchIT {
  private static final int FLOWS = 1 << 12;

  @Test
  void measuresEachPart() {
    ScaleResults results = ScaleBench.run(FLOWS, 1 << 14, 1, 1024);

    assertThat(results.flows())
        .extracting(ScaleResults.Flows::flows)
        .containsExactly(1 << 10, FLOWS);
    ScaleResults.Flows most = results.flows().get(1);
    // A set of the table may have been full.
    assertThat(most.established()).isBetween(FLOWS * 99L / 100, (long) FLOWS);
    long tableBytes = most.flowsMax() * 4L * 64;
    assertThat(most.mapBytes()).isBetween(tableBytes, 4 * tableBytes);
    assertThat(most.establishedNanos()).isPositive();

    assertThat(results.backends())
        .extracting(ScaleResults.Backends::slots)
        .containsExactly(1, 131_072);
    ScaleResults.Backends wide = results.backends().get(1);
    assertThat(wide.newFlowNanos()).isPositive();
    assertThat(wide.tableMillis()).isGreaterThan(results.backends().get(0).tableMillis());

    assertThat(results.sweep().share()).isBetween(0.0, 1.0);
    assertThat(results.sweep().sliceMicros()).isPositive();
    assertThat(results.cpus())
        .hasSize(Runtime.getRuntime().availableProcessors() < 2 ? 0 : 2)
        .allSatisfy(
            cpus ->
                assertThat(List.of(cpus.speedUp(), cpus.walkSpeedUp()))
                    .allMatch(speedUp -> speedUp > 0));
  }
}
