package io.ebpflb.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.Options;
import io.ebpflb.runtime.dataplane.NetworkNamespace;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator's day: each command against a balancer that forwards, with a client's connection. */
class OperatingIT {
  private static final int PORT = 8080;
  private static final int SERVERS = 2;

  @TempDir private Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Topology topology;

  @BeforeEach
  void start() throws Exception {
    topology = keep(Topology.create("lbo", SERVERS, Topology.Offloads.DEFAULT));
    for (int i = 1; i <= SERVERS; i++) {
      InetAddress address = InetAddress.getByName(topology.backend(i).ipv4());
      // Connections wait in its backlog, which is all that they need to be established.
      keep(
          NetworkNamespace.enter(
              topology.backend(i).name(), () -> new ServerSocket(PORT, 50, address)));
    }
    Path config = Files.writeString(directory.resolve("lb.toml"), config(1));
    keep(
        NetworkNamespace.enter(
            topology.balancer().name(),
            () -> LoadBalancer.start(Options.of(config, directory.resolve("no-plugins")))));
  }

  @AfterEach
  void stop() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private <T extends AutoCloseable> T keep(T part) {
    open.add(part);
    return part;
  }

  private Path socketFile() {
    return directory.resolve("lb.sock");
  }

  private String backend(int number) {
    return topology.backend(number).ipv4() + ":" + PORT;
  }

  private String config(int firstWeight) {
    return """
           [dataplane]
           interfaces = ["%s", "%s", "%s"]
           [admin]
           socket = "%s"
           state = "%s"
           [reload]
           watch = false
           [[service]]
           name = "web"
           listen = "%s:80"
           health-check = { type = "tcp", interval = "200ms" }
           target = [ { address = "%s", weight = %d }, { address = "%s" } ]
           """
        .formatted(
            topology.balancerLinks().get(0),
            topology.balancerLinks().get(1),
            topology.balancerLinks().get(2),
            socketFile(),
            directory.resolve("state.json"),
            topology.balancer().ipv4(),
            backend(1),
            firstWeight,
            backend(2));
  }

  private int lb(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--socket", socketFile().toString()));
    return CommandLineTool.run(
        new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
  }

  private void succeeds(String... arguments) {
    assertThat(lb(arguments)).as("%s: %s%s", String.join(" ", arguments), out, err).isZero();
  }

  private JsonObject json(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("-o", "json"));
    succeeds(all.toArray(String[]::new));
    return JsonParser.parseString(out.toString()).getAsJsonObject();
  }

  private Socket connect() throws Exception {
    return keep(
        NetworkNamespace.enter(
            topology.client().name(), () -> new Socket(topology.balancer().ipv4(), 80)));
  }

  /** The backend of the only flow; empty if there is none. */
  private String flowsBackend() {
    JsonArray flows = json("flows", "--service", "web").getAsJsonArray("flows");
    return flows.isEmpty() ? "" : flows.get(0).getAsJsonObject().get("backend").getAsString();
  }

  @Test
  void looksAtWhatRuns() throws Exception {
    succeeds("check-now", "web");
    assertThat(out.toString()).contains(backend(1), backend(2), "passed");
    succeeds("status");
    assertThat(out.toString()).contains("web", backend(1)).doesNotContain("\033[");
    assertThat(json("services").getAsJsonArray("services")).hasSize(1);
    succeeds("backends", "web", "-o", "wide");
    assertThat(out.toString()).contains("connected");
    succeeds("health", "web", backend(1));
    assertThat(out.toString()).contains("check  tcp every 200ms");
    succeeds("plugin", "list");
    connect();
    assertThat(flowsBackend()).isIn(backend(1), backend(2));
    assertThat(lb("backends", "wbe")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("did you mean: web");
  }

  @Test
  void takesBackendsOutAndBringsThemBack() throws Exception {
    connect();
    String busy = flowsBackend();
    String idle = busy.equals(backend(1)) ? backend(2) : backend(1);

    assertThat(lb("drain", "web", busy, "--timeout", "1s", "--wait")).isEqualTo(ExitCode.TIMED_OUT);
    assertThat(out.toString()).contains("drain, timed out, 1 flow left");
    assertThat(flowsBackend()).isEqualTo(busy);
    succeeds("ready", "web", busy);
    succeeds("drain", "web", idle, "--wait");
    assertThat(out.toString()).contains("drain, completed, 0 flows left");
    succeeds("ready", "web", idle);

    succeeds("maintenance", "web", busy);
    assertThat(flowsBackend()).isEmpty();
    succeeds("ready", "web", busy);
    succeeds("health", "web", busy, "--force", "down");
    connect();
    assertThat(flowsBackend()).isEqualTo(idle);
    succeeds("health", "web", busy, "--force", "auto");

    succeeds("weight", "web", busy, "0");
    assertThat(out.toString()).contains("weight 0 in place of 1, now 0");
    succeeds("weight", "web", busy, "--reset");
  }

  @Test
  void changesTheConfig() throws IOException {
    Path file = directory.resolve("lb.toml");
    Path next = Files.writeString(directory.resolve("next.toml"), config(5));
    assertThat(lb("diff", next.toString())).isEqualTo(ExitCode.DIFFERENT);
    assertThat(out.toString()).contains("web");
    Files.writeString(file, config(5));
    succeeds("reload");
    succeeds("health", "web", backend(1));
    assertThat(out.toString()).contains("weight 5, now 5");
    assertThat(lb("diff", next.toString())).isZero();

    Files.writeString(file, config(5).replace("tcp", "tpc"));
    assertThat(lb("reload")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("no plugin provides \"tpc\"", "did you mean: tcp");
    succeeds("reload", "--status");
    succeeds("health", "web", backend(1));
    assertThat(out.toString()).contains("weight 5, now 5");
  }

  @Test
  void aBalancerThatIsGoneIsSaidInOneLine() throws Exception {
    long beganNanos = System.nanoTime();
    open.remove(open.size() - 1).close();
    assertThat(lb("status")).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(System.nanoTime() - beganNanos).isLessThan(TimeUnit.SECONDS.toNanos(60));
  }
}
