package io.ebpflb.runtime.bench.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.Main;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That each path carries each measure; how fast depends on what else runs here. */
class TrafficBenchIT {
  private static final List<String> BALANCER =
      List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-cp",
          System.getProperty("java.class.path"),
          Main.class.getName());

  @Test
  void measuresEachPathOfOursAndLeavesNothingBehind() throws Exception {
    List<String> only =
        List.of(
            "wire",
            "redirect",
            "ebpf-lb-xdp",
            "ebpf-lb-tc",
            "http",
            "round-trip",
            "bulk-1-down",
            "udp");
    List<String> said = new ArrayList<>();
    TrafficOptions options = TrafficOptions.of(1, 1, only, true);
    TrafficResults results = TrafficBench.run(options, BALANCER, said::add);

    assertThat(said).noneMatch(line -> line.contains("failed"));
    assertThat(results.all()).hasSize(3 * 4);
    assertThat(results.all())
        .allSatisfy(series -> assertThat(series.median(Reading::value)).isPositive());
    assertThat(namespaces()).doesNotContain("lb-traffic-" + ProcessHandle.current().pid() + "-");
  }

  private static String namespaces() throws IOException {
    Process list = new ProcessBuilder("ip", "netns", "list").start();
    return new String(list.getInputStream().readAllBytes());
  }
}
