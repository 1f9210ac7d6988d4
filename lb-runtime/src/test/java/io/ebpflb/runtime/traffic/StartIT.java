package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How long a start takes, and how much memory the process holds then. */
class StartIT {
  private static final long RSS_MIB_MAX = 120;

  /** Times the start of a JVM that does nothing: 1.5 s where that takes 0.1 s. */
  private static final double JVM_STARTS_MAX_LONG_RUN = 15;

  private static final int STARTS = Checkout.isLongRun() ? 5 : 2;

  @Test
  void startsQuicklyAndStaysSmall() throws Exception {
    List<Long> millis = new ArrayList<>();
    List<Long> rssMib = new ArrayList<>();
    List<Long> jvmMillis = new ArrayList<>();
    try (Topology topology = Topology.create("lbt", 3, Topology.Offloads.NONE);
        Servers servers = new Servers(topology)) {
      servers.start(1, 2, 3);
      LbToml config =
          new LbToml(topology, "xdp").service("web", Family.IPV4, "tcp", 80, "", 50, 30, 20);
      for (int i = 0; i < STARTS; i++) {
        jvmMillis.add(millisOfAJvm());
        millis.add(millisToFirstAnswer(topology, config, rssMib));
      }
    }
    long rssMax = rssMib.stream().mapToLong(Long::longValue).max().orElseThrow();
    assertThat(rssMax).as("MiB resident").isLessThan(RSS_MIB_MAX);
    if (Checkout.isLongRun()) {
      record(millis, jvmMillis, rssMax);
      assertThat((double) median(millis) / median(jvmMillis))
          .as("from process start to first answer, in starts of a JVM")
          .isLessThan(JVM_STARTS_MAX_LONG_RUN);
    }
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static long millisOfAJvm() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-version")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).isZero();
    return (System.nanoTime() - start) / 1_000_000;
  }

  private static long millisToFirstAnswer(Topology topology, LbToml config, List<Long> rssMib)
      throws Exception {
    InetSocketAddress web = new InetSocketAddress(topology.balancer().ipv4(), 80);
    return Within.namespace(
        topology.client(),
        () -> {
          long start = System.nanoTime();
          try (BalancerProcess balancer =
              BalancerProcess.launch(topology, config, List.of(), Map.of())) {
            while (!answers(web)) {
              assertThat(System.nanoTime() - start).as(balancer.log()).isLessThan(60_000_000_000L);
              Thread.sleep(2);
            }
            long millis = (System.nanoTime() - start) / 1_000_000;
            rssMib.add(rssMib(balancer.pid()));
            balancer.stop();
            return millis;
          }
        });
  }

  private static boolean answers(InetSocketAddress web) {
    try {
      return Conversation.nameOf(web, 0).startsWith("backend");
    } catch (IOException e) {
      return false;
    }
  }

  /** Memory that is resident, without what it sees of the maps, which the kernel holds. */
  private static long rssMib(long pid) throws IOException {
    long kib = 0;
    boolean isMap = false;
    for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps"))) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        isMap = line.endsWith("anon_inode:bpf-map");
      } else if (line.startsWith("Rss:") && !isMap) {
        kib += Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return kib / 1024;
  }

  private static void record(List<Long> millis, List<Long> jvmMillis, long rssMib)
      throws IOException {
    String text =
        """
        Linux %s, Java %s, %d CPUs
        from the launcher's start to the first answer through it, ms: %s
        from the start to the end of a JVM that does nothing, ms: %s
        resident memory then, the most of these starts, MiB: %d
        """
            .formatted(
                System.getProperty("os.version"),
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors(),
                millis,
                jvmMillis,
                rssMib);
    String name = "start-" + LocalDate.now(ZoneOffset.UTC) + ".txt";
    Files.writeString(Checkout.root().resolve("bench").resolve(name), text);
  }
}
