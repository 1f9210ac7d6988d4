package io.ebpflb.runtime.bench.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That every part measures what it says; how much it costs depends on what else runs here. */
class ChecksBenchIT {

  @Test
  void measuresEachPart() throws Exception {
    ChecksLoad load = new ChecksLoad(20, 10, Duration.ofMillis(500), Duration.ofSeconds(1), 3, 3);

    List<ChecksResult> results =
        ChecksBench.run(load, List.of("tcp", "http"), Path.of("..", "plugins"), line -> {});

    assertThat(results).extracting(ChecksResult::type).containsExactly("tcp", "http");
    assertThat(results)
        .allSatisfy(
            result -> {
              assertThat(result.hostsChecked()).isEqualTo(200);
              // Every 450 to 500 ms; a second on a busy machine may have those of the one before.
              assertThat(result.checksPerSecond()).isBetween(100.0, 900.0);
              assertThat(result.cores()).isPositive();
              assertThat(result.heapBytesMax()).isPositive();
              assertThat(result.startMillis()).isPositive();
              assertThat(result.verdictMillisMax())
                  .isGreaterThanOrEqualTo(result.verdictMillis())
                  .isPositive();
              assertThat(result.reloadMillisMax())
                  .isGreaterThanOrEqualTo(result.reloadMillis())
                  .isPositive();
            });
  }
}
