package io.ebpflb.runtime.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScaleReportTest {
  private static final ScaleResults RESULTS =
      new ScaleResults(
          List.of(new ScaleResults.Flows(1024, 262_144, 1023, 80L << 20, 40, 41.5)),
          List.of(new ScaleResults.Backends(64, 8192, 450, 12.25)),
          new ScaleResults.Sweep(1 << 20, 2500, 0.025),
          List.of(new ScaleResults.Cpus(65_536, 200, 210, 1.9, 1.95)));

  @Test
  void theTableMarksWhatIsOverBudget() {
    Machine machine = new Machine("Abacus", 2, "6.1.0", 0.5, LocalDate.of(2026, 11, 27));
    assertThat(ScaleReport.table(RESULTS, machine))
        .isEqualTo(
            """
            how costs grow, IPv4 and TCP, in ns without the harness: Abacus, 2 CPUs, Linux 6.1.0, load 0.5, 2026-11-27

                 flows   max-flows  established  maps, MiB  client's packet  reply
                  1024      262144         1023       80.0             40.0   41.5

              backends  table slots  new flow  four tables built and written, ms
                    64         8192     450.0                               12.3

            sweep of 1048576 flows: 2500 us a slice, 2.50 % of one CPU, at most 2 %  over budget
            two CPUs, 65536 flows each: 210.0 ns a packet, 200.0 alone: 1.90 times one, at least 1.8; bare reads of as many lines: 1.95 times
            """);
  }

  @Test
  void jsonHasEachPart() {
    JsonObject json = JsonParser.parseString(ScaleReport.json(RESULTS)).getAsJsonObject();
    JsonObject flows = json.getAsJsonArray("flows").get(0).getAsJsonObject();
    assertThat(flows.get("map_bytes").getAsLong()).isEqualTo(80L << 20);
    assertThat(json.getAsJsonArray("backends")).hasSize(1);
    assertThat(json.getAsJsonObject("sweep").get("share").getAsDouble()).isEqualTo(0.025);
    JsonObject cpus = json.getAsJsonArray("cpus").get(0).getAsJsonObject();
    assertThat(cpus.get("speed_up").getAsDouble()).isEqualTo(1.9);
    assertThat(cpus.get("walk_speed_up").getAsDouble()).isEqualTo(1.95);
  }
}
