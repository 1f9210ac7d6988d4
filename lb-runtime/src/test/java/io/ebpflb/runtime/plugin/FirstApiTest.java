package io.ebpflb.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Backend;
import io.ebpflb.api.BackendView;
import io.ebpflb.api.CheckResult;
import io.ebpflb.api.Endpoints;
import io.ebpflb.api.Event;
import io.ebpflb.api.HealthChecker;
import io.ebpflb.api.OperationResult;
import io.ebpflb.api.Protocol;
import io.ebpflb.api.Resolution;
import io.ebpflb.api.ServiceIntent;
import io.ebpflb.api.ServiceView;
import io.ebpflb.api.TargetResolver;
import io.ebpflb.runtime.config.ArgumentBinder;
import io.ebpflb.runtime.config.ConfigLoader;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.config.Configuration.Use;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A plugin that was compiled against the first version of the API goes on working. {@code
 * first.jar} is never built anew; {@code FirstPlugin.java} beside it is its source, {@code
 * first.txt} says how it was compiled.
 */
class FirstApiTest {
  private static final String CONFIG =
      """
      [dataplane]
      interfaces = ["eth0"]

      [plugin.first]
      word = "good day"
      secret = "hush"

      [[service]]
      name = "web"
      listen = "203.0.113.10:80"
      health-check = { type = "first-check", say = "echo" }
      first-share = { factor = 0.25 }
      first-feature = {}
        [[service.target]]
        resolver = "first-targets"
        endpoints = ["10.0.0.1:8080", "10.0.0.2:8081"]
      """;

  @TempDir private Path temporary;
  private final BlockingQueue<Set<String>> refreshed = new ArrayBlockingQueue<>(10);
  private final BlockingQueue<Boolean> replanned = new ArrayBlockingQueue<>(10);
  private PluginHost host;
  private Configuration.Service service;

  @BeforeEach
  void load() throws Exception {
    Path plugins = Files.createDirectory(temporary.resolve("plugins"));
    try (InputStream jar = FirstApiTest.class.getResourceAsStream("first/first.jar")) {
      Files.copy(jar, plugins.resolve("first.jar"));
    }
    host = PluginHost.load(plugins);
    assertThat(host.catalog().failures()).isEmpty();
    host.onRefresh(refreshed::add);
    host.onReplan(() -> replanned.add(true));
    Path file = Files.writeString(temporary.resolve("lb.toml"), CONFIG);
    Configuration bound = ConfigLoader.load(file, host.catalog());
    service = bound.services().get(0);
    host.start(bound.pluginSettings());
    assertThat(host.plugins())
        .singleElement()
        .satisfies(status -> assertThat(status.reason()).isEmpty());
  }

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  void checksHealth() throws Exception {
    Use use = service.healthCheck().orElseThrow().checker();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HealthChecker checker = host.healthChecker(use.extension(), use.settings())) {
      Thread echo = new Thread(() -> echo(server));
      echo.setDaemon(true);
      echo.start();
      Backend backend = Backend.of("web", server.getInetAddress(), server.getLocalPort());

      CheckResult result = checker.check(backend, Duration.ofSeconds(10)).get(20, TimeUnit.SECONDS);

      assertThat(result).hasToString("passed: " + backend.endpoint() + " echoes echo");
    }
  }

  private static void echo(ServerSocket server) {
    try (Socket peer = server.accept()) {
      peer.getOutputStream().write(peer.getInputStream().readNBytes(4));
      peer.getInputStream().read();
    } catch (IOException e) {
      // The check ends by RST.
    }
  }

  @Test
  void resolvesTargets() throws Exception {
    Use use = service.targets().targets().get(0).resolver();
    try (TargetResolver resolver = host.targetResolver(use.extension(), use.settings())) {
      Resolution answer = resolver.resolve().get(20, TimeUnit.SECONDS);

      assertThat(answer.entries())
          .extracting(each -> Endpoints.format(each.address(), each.port()))
          .containsExactly("10.0.0.1:8080", "10.0.0.2:8081");
      assertThat(answer.validFor()).isEqualTo(Resolution.FOREVER);
    }
  }

  @Test
  void scalesWeightsAndAsksForFeatures() throws Exception {
    Use modifier = service.modifiers().get(0);
    Use feature = service.features().get(0);

    assertThat(
            host.weightModifier(modifier.extension(), modifier.settings())
                .factors(List.of(new View(true), new View(false))))
        .containsExactly(0.25, 0);
    assertThat(host.serviceFeature(feature.extension(), feature.settings()).intents(new Udp()))
        .singleElement()
        .satisfies(
            intent ->
                assertThat(((ServiceIntent.IdleTimeout) intent).timeout())
                    .isEqualTo(Duration.ofSeconds(5)));
  }

  @Test
  void usesAllThatItsContextOffers() throws Exception {
    assertThat(replanned.poll(20, TimeUnit.SECONDS)).isTrue();
    assertThat(refreshed.poll(20, TimeUnit.SECONDS)).containsExactly("first-targets");
    host.publish(new Event.BackendRemoved(Instant.EPOCH, new View(true).backend()));
    await(() -> seen().equals(Map.of("web", 1.0, "other", 1.0)));

    assertThat(call("say", "name", "world").message()).isEqualTo("good day world, time 1");
    assertThat(call("say", "name", "again").message()).isEqualTo("good day again, time 2");
    assertThat(call("resolve", "name", "web.test").rows())
        .containsExactly(List.of("web.test", true));
    assertThat(host.metrics())
        .extracting(MetricFamily::name)
        .contains("lb_first_seen", "lb_first_level", "lb_first_span_seconds");
  }

  private OperationResult call(String name, String key, String value) throws Exception {
    PluginOperation operation = host.findOperation(name).orElseThrow();
    Record args = ArgumentBinder.bind(operation.args(), Map.of(key, value));
    return operation.run().apply(args).get(20, TimeUnit.SECONDS);
  }

  private Map<String, Double> seen() {
    return host.metrics().stream()
        .filter(family -> family.name().equals("lb_first_seen"))
        .flatMap(family -> family.series().stream())
        .collect(Collectors.toMap(each -> each.labelValues().get(0), MetricFamily.Series::value));
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.call()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(10);
    }
  }

  private record View(boolean isReady) implements BackendView {
    @Override
    public Backend backend() {
      InetSocketAddress endpoint = Endpoints.parse("10.0.0.1:8080");
      return Backend.of("web", endpoint.getAddress(), endpoint.getPort());
    }

    @Override
    public double configuredWeight() {
      return 1;
    }

    @Override
    public boolean isHealthy() {
      return true;
    }

    @Override
    public long activeFlows() {
      return 1;
    }

    @Override
    public long openedFlows() {
      return 1;
    }

    @Override
    public long refusedConnections() {
      return 0;
    }

    @Override
    public long unansweredConnections() {
      return 0;
    }

    @Override
    public long answeredFlows() {
      return 1;
    }
  }

  private record Udp() implements ServiceView {
    @Override
    public String name() {
      return "web";
    }

    @Override
    public Protocol protocol() {
      return Protocol.UDP;
    }

    @Override
    public List<BackendView> backends() {
      return List.of();
    }
  }
}
