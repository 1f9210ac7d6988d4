package io.ebpflb.runtime.bench.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.ebpflb.runtime.bench.Machine;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChecksReportTest {
  private static final ChecksResult RESULT =
      new ChecksResult(
          "tcp", ChecksLoad.FULL, 1420, 2051.3, 10_000, 0.314, 60 << 20, 5001, 11.5, 51, 85, 200);

  @Test
  void namesTheGoalsThatWereMissed() {
    Machine machine = new Machine("a CPU", 2, "6.1", 0.5, LocalDate.of(2026, 11, 27));
    assertThat(ChecksReport.table(List.of(RESULT), machine))
        .isEqualTo(
            """
            health checks of many targets: a CPU, 2 CPUs, Linux 6.1, load 0.5, 2026-11-27

            tcp checks of 1,000 services with 10 targets, each 5.0 s
              checks a second                                 2051.30
              hosts that were checked                        10000.00  all
              latest check, ms after its interval             5001.00  at most 5000: missed
              cores                                              0.31  at most 1
              heap, MiB                                         60.00  at most 256
              verdict to table in the kernel, ms, median        11.50
              the slowest of 20                                 51.00  at most 50: missed
              start to all services in force, ms              1420.00  at most 2000
              reload with one change, ms, median                85.00
              the slowest of 10                                200.00  at most 200
            """);
  }

  @Test
  void jsonHasTheSameFigures() {
    JsonObject json =
        JsonParser.parseString(ChecksReport.json(List.of(RESULT)))
            .getAsJsonArray()
            .get(0)
            .getAsJsonObject();
    assertThat(json.get("hosts_checked").getAsInt()).isEqualTo(10_000);
    assertThat(json.get("cores").getAsDouble()).isEqualTo(0.314);
    assertThat(json.get("verdict_ms_max").getAsDouble()).isEqualTo(51);
  }
}
