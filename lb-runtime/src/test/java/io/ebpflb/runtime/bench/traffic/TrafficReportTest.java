package io.ebpflb.runtime.bench.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.ebpflb.runtime.bench.Machine;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrafficReportTest {
  private static final Machine MACHINE =
      new Machine("Abacus", 2, "6.1.0", 0.5, LocalDate.of(2026, 11, 27));

  @Test
  void theTableHasMediansAndWhatWasToBeReached() {
    assertThat(report().table())
        .isEqualTo(
            """
            traffic through three backends: Abacus, 2 CPUs, Linux 6.1.0, load 0.5, 2026-11-27
            medians of 3 rounds of 1 s; cpu in us for one operation, the whole machine's

            wire offloads
                                              redirect  ebpf-lb-xdp      haproxy
            http, requests/s                    80,000       79,000       failed
              cpu per request                    20.00        21.00       failed
            round-trip, us (p50)                     -        70.00            -
              us (p99)                               -        90.00            -
              cpu per round trip                     -       100.00            -

            ratios, medians of those of each round
            wire     http         ebpf-lb-xdp  / redirect   0.988  >= 0.97  reached
            """);
  }

  @Test
  void jsonHasEachRound() {
    JsonObject json = JsonParser.parseString(report().json()).getAsJsonObject();
    assertThat(json.get("machine").getAsString()).startsWith("Abacus, 2 CPUs");
    JsonObject first = json.getAsJsonArray("results").get(0).getAsJsonObject();
    assertThat(first.get("offloads").getAsString()).isEqualTo("wire");
    assertThat(first.get("measure").getAsString()).isEqualTo("http");
    assertThat(first.get("unit").getAsString()).isEqualTo("requests/s");
    assertThat(first.get("contender").getAsString()).isEqualTo("redirect");
    assertThat(first.getAsJsonArray("rounds")).hasSize(3);
    JsonObject round = first.getAsJsonArray("rounds").get(0).getAsJsonObject();
    assertThat(round.get("value").getAsDouble()).isEqualTo(80_000);
    assertThat(round.get("cpu_us").getAsDouble()).isEqualTo(20);
  }

  /** One that is disturbed changes neither the median nor the ratio; one that fails is left out. */
  private static TrafficReport report() {
    TrafficOptions options =
        TrafficOptions.of(
            3,
            1,
            List.of("wire", "http", "round-trip", "redirect", "ebpf-lb-xdp", "haproxy"),
            false);
    TrafficResults results = new TrafficResults(options);
    Series redirect = results.series(Setting.WIRE, Measure.HTTP, Contender.REDIRECT);
    redirect.add(new Reading(80_000, 20));
    redirect.add(new Reading(40_000, 40));
    redirect.add(new Reading(81_000, 19));
    Series ours = results.series(Setting.WIRE, Measure.HTTP, Contender.LB_XDP);
    ours.add(new Reading(79_000, 21));
    ours.add(new Reading(39_900, 41));
    ours.add(new Reading(79_500, 21));
    results.series(Setting.WIRE, Measure.HTTP, Contender.HAPROXY).add(null);
    results
        .series(Setting.WIRE, Measure.ROUND_TRIP, Contender.LB_XDP)
        .add(new Reading(70, 90, 100));
    return new TrafficReport(results, MACHINE);
  }
}
