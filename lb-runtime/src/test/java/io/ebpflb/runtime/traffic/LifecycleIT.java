package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.ebpflb.runtime.dataplane.TcxQuery;
import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Starting, stopping, and what an operator reads when it cannot start. */
@SuppressWarnings("try")
class LifecycleIT {
  private Topology topology;

  @BeforeEach
  void createTopology() throws Exception {
    topology = Topology.create("lbt", 1, Topology.Offloads.NONE);
  }

  @AfterEach
  void removeTopology() {
    topology.close();
  }

  private LbToml config(String hook) {
    return new LbToml(topology, hook).service("web", Family.IPV4, "tcp", 80, "", 1);
  }

  private static Stream<Arguments> hooks() {
    Stream<Arguments> each = Stream.of(arguments("xdp", ""), arguments("tc", ""));
    Stream<Arguments> others =
        Stream.of(arguments("xdp-generic", ""), arguments("tc", "-Debpflb.force-clsact=true"));
    return Checkout.isLongRun() ? Stream.concat(each, others) : each;
  }

  @ParameterizedTest
  @MethodSource("hooks")
  void sigtermLeavesNothingAndASecondStartWorks(String hook, String javaOptions) throws Exception {
    String before = attached();
    try (Servers servers = new Servers(topology).start(1)) {
      for (int start = 1; start <= 2; start++) {
        try (BalancerProcess balancer =
            BalancerProcess.launch(
                topology, config(hook), List.of(), Map.of("LB_JAVA_OPTIONS", javaOptions))) {
          balancer.awaitLog("forwarding after");
          assertThat(attached()).isNotEqualTo(before);
          assertThat(answer()).isEqualTo("backend1");
          assertThat(balancer.stop()).as(balancer.log()).isZero();
        }
        assertThat(attached()).isEqualTo(before);
      }
    }
  }

  @Test
  void whatAKilledInstanceLeftDoesNotPileUp() throws Exception {
    try (Servers servers = new Servers(topology).start(1)) {
      Map<String, String> clsact = Map.of("LB_JAVA_OPTIONS", "-Debpflb.force-clsact=true");
      String attachedOnce = "";
      for (int start = 1; start <= 3; start++) {
        try (BalancerProcess balancer =
            BalancerProcess.launch(topology, config("tc"), List.of(), clsact)) {
          balancer.awaitLog("forwarding after");
          assertThat(answer()).isEqualTo("backend1");
          String now = attached();
          attachedOnce = start == 1 ? now : attachedOnce;
          assertThat(now).isEqualTo(attachedOnce);
          ProcessHandle.of(balancer.pid()).orElseThrow().destroyForcibly();
          balancer.exitCode();
        }
      }
      try (BalancerProcess balancer =
          BalancerProcess.launch(topology, config("tc"), List.of(), clsact)) {
        balancer.awaitLog("forwarding after");
        assertThat(balancer.stop()).isZero();
      }
      assertThat(attached()).doesNotContain("lb");
    }
  }

  @Test
  void missingPrivilegeIsOneLine() throws Exception {
    refuses(
        "xdp",
        List.of("setpriv", "--bounding-set", "-all", "--inh-caps", "-all"),
        Map.of(),
        "CAP_");
  }

  @Test
  void containerWithoutCapabilitiesIsOneLine() throws Exception {
    // Root of a user namespace, as in a rootless container: uid 0 and nothing behind it.
    refuses("xdp", List.of("unshare", "--user", "--map-root-user"), Map.of(), "user namespace");
  }

  @Test
  void missingInterfaceIsOneLine() throws Exception {
    topology.balancer().run("ip", "link", "set", "backend1", "down");
    topology.balancer().run("ip", "link", "set", "backend1", "name", "renamed");
    refuses("xdp", List.of(), Map.of(), "backend1");
  }

  @Test
  void missingLibbpfIsOneLine() throws Exception {
    // An empty file system over each directory that may hold it.
    String hide =
        "for lib in $(ldconfig -p | sed -n 's/.*=> \\(.*libbpf.*\\)/\\1/p'); do"
            + " mount --bind /dev/null $lib; done; exec \"$0\" \"$@\"";
    refuses("xdp", List.of("unshare", "--mount", "sh", "-c", hide), Map.of(), "libbpf");
  }

  @ParameterizedTest
  @CsvSource({
    "ring buffer, load BPF object lb.bpf.o: EINVAL, 6.1 or later has it",
    "XDP link, attach XDP to clients (native): EINVAL, set hook = \"tc\""
  })
  void missingKernelFeatureIsOneLine(String feature, String named, String remedy) throws Exception {
    String kernel = OldKernel.library().toString();
    refuses("xdp", List.of(), Map.of("LD_PRELOAD", kernel, "LB_LACKS", feature), named, remedy);
  }

  private void refuses(
      String hook, List<String> wrapper, Map<String, String> environment, String... named)
      throws Exception {
    String before = attached();
    try (BalancerProcess balancer =
        BalancerProcess.launch(topology, config(hook), wrapper, environment)) {
      int code = balancer.exitCode();
      List<String> problems =
          balancer.log().lines().filter(line -> line.startsWith("lb: ")).toList();
      assertThat(code).as(balancer.log()).isEqualTo(3);
      assertThat(problems).as(balancer.log()).hasSize(1);
      assertThat(problems.get(0)).contains(named);
      assertThat(balancer.log()).doesNotContain("\tat ");
    }
    assertThat(attached()).isEqualTo(before);
  }

  private String answer() throws Exception {
    return Within.namespace(
        topology.client(),
        () -> Conversation.nameOf(new InetSocketAddress(topology.balancer().ipv4(), 80), 0));
  }

  /** Every program on every interface of the balancer's namespace, and its clsact qdiscs. */
  private String attached() throws Exception {
    StringBuilder attached = new StringBuilder();
    // Numbers of programs are new with each load.
    attached.append(
        topology.balancer().run("bpftool", "net").replaceAll("\\[\\d+\\]| id \\d+", ""));
    attached.append(topology.balancer().run("tc", "qdisc", "show"));
    List<Integer> links =
        topology.balancer().run("ip", "-o", "link").lines().map(LifecycleIT::ifindex).toList();
    List<List<String>> tcx =
        Within.namespace(
            topology.balancer(), () -> links.stream().map(TcxQuery::programs).toList());
    return attached.append("tcx: ").append(tcx).toString();
  }

  private static int ifindex(String line) {
    return Integer.parseInt(line.substring(0, line.indexOf(':')));
  }
}
