package io.ebpflb.plugin.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.cli.CommandLineTool;
import io.ebpflb.runtime.plugin.MetricFamily;
import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.runtime.service.HealthSnapshot;
import io.ebpflb.testing.runtime.BalancerLab;
import java.io.Closeable;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The plugin's JAR in the real balancer, which no health check helps. */
class CircuitBreakerIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static final String BREAKER =
      "circuit-breaker = { error-threshold-percent = 40, min-requests = 10, open-duration = \"2s\" }";

  private final BalancerLab lab;

  CircuitBreakerIT() throws Exception {
    lab = BalancerLab.create(2).withPlugin(Path.of("target", "circuit-breaker.jar"));
  }

  private void start(String lines) throws Exception {
    lab.start(
        """
        [[service]]
        name = "web"
        listen = "%s:80"
        %s
        target = [ { address = "%s:8080", weight = 50 }, { address = "%s:8080", weight = 50 } ]
        """
            .formatted(lab.serviceAddress(), lines, lab.backendAddress(1), lab.backendAddress(2)));
  }

  private void awaitOpen() throws Exception {
    BalancerLab.await(
        "the circuit is open",
        SOON,
        () -> {
          lab.connect(80, 10);
          return weightOfFirst() == 0;
        });
  }

  private double weightOfFirst() {
    return lab.balancer().services().get(0).backends().stream()
        .filter(backend -> backend.name().startsWith(lab.backendAddress(1)))
        .mapToDouble(BackendSnapshot::effectiveWeight)
        .findAny()
        .orElseThrow();
  }

  @Test
  void aBackendThatRefusesOneConnectionInTwoIsTakenOutAndComesBack() throws Exception {
    try (lab) {
      lab.listen(2, 8080);
      start(BREAKER);
      assertThat(weightOfFirst()).isEqualTo(50);

      BalancerLab.await("the circuit is open", SOON, this::isOpenAfterMoreTraffic);
      assertThat(lab.connect(80, 50))
          .as("new connections avoid it")
          .allMatch(connection -> connection.answeredBy().orElse(0) == 2);

      lab.listen(1, 8080);
      BalancerLab.await("it tries a share", SOON, () -> weightOfFirst() == 5);
      BalancerLab.await(
          "it is closed again",
          SOON,
          () -> {
            lab.connect(80, 20);
            return weightOfFirst() == 50;
          });
      assertThat(lab.connect(80, 50))
          .extracting(connection -> connection.answeredBy().orElse(0))
          .contains(1, 2);
    }
  }

  /** A new version of the plugin would else send clients to a backend that refuses them. */
  @Test
  void aCircuitThatTrafficOpenedStaysOpenOverAReloadOfThePlugin() throws Exception {
    try (lab) {
      lab.listen(2, 8080);
      start(BREAKER.replace("2s", "5m"));
      awaitOpen();

      lab.balancer().plugin().reload("circuit-breaker");

      assertThat(weightOfFirst()).isZero();
      assertThat(lab.connect(80, 50))
          .allMatch(connection -> connection.answeredBy().orElse(0) == 2);
      assertThat(states()).containsEntry(backend(1), 1.0).containsEntry(backend(2), 0.0);
    }
  }

  private boolean areGreen() {
    return lab.balancer().services().get(0).backends().stream()
        .allMatch(backend -> backend.health().state() == HealthSnapshot.State.UP);
  }

  /** By backend, as the metrics show them. */
  private Map<String, Double> states() {
    return lab.balancer().pluginMetrics().stream()
        .filter(family -> family.name().equals("lb_circuit_breaker_state"))
        .flatMap(family -> family.series().stream())
        .collect(Collectors.toMap(each -> each.labelValues().get(1), MetricFamily.Series::value));
  }

  private String backend(int number) {
    return lab.backendAddress(number) + ":8080";
  }

  @Test
  void opensOnRealTrafficWhileChecksAreGreen() throws Exception {
    try (lab) {
      lab.listen(1, 8081);
      lab.listen(2, 8081);
      lab.listen(2, 8080);
      start("health-check = { type = \"tcp\", port = 8081, interval = \"200ms\" }\n" + BREAKER);

      BalancerLab.await("checks are green", SOON, this::areGreen);

      awaitOpen();

      assertThat(areGreen()).isTrue();
      assertThat(lab.connect(80, 30))
          .allMatch(connection -> connection.answeredBy().orElse(0) == 2);
    }
  }

  @Test
  void trafficGoesOnWhenAllCircuitsAreOpen() throws Exception {
    try (lab) {
      start(BREAKER);
      BalancerLab.await(
          "both are open",
          SOON,
          () -> {
            lab.connect(80, 20);
            return states().values().stream().allMatch(state -> state == 1) && states().size() == 2;
          });

      assertThat(weightOfFirst()).isEqualTo(50);
      lab.listen(1, 8080);
      lab.listen(2, 8080);
      assertThat(lab.connect(80, 30))
          .extracting(connection -> connection.answeredBy().orElse(0))
          .containsOnly(1, 2);
    }
  }

  @Test
  void operatorsForceAndResetThroughCommandLineAndApi() throws Exception {
    try (lab) {
      lab.listen(1, 8080);
      lab.listen(2, 8080);
      start(BREAKER);

      assertThat(command("circuit open")).isZero();
      BalancerLab.await("open", SOON, () -> weightOfFirst() == 0);
      assertThat(lab.connect(80, 20))
          .allMatch(connection -> connection.answeredBy().orElse(0) == 2);
      BalancerLab.await("shown", SOON, () -> states().get(backend(1)) == 1);

      assertThat(post("circuit-close")).contains("is closed until it is reset");
      BalancerLab.await("closed", SOON, () -> weightOfFirst() == 50);

      assertThat(post("circuit-open")).contains("is open until it is reset");
      BalancerLab.await("open again", SOON, () -> weightOfFirst() == 0);
      assertThat(command("circuit reset")).isZero();
      BalancerLab.await("reset", SOON, () -> weightOfFirst() == 50);
    }
  }

  private int command(String operation) {
    return CommandLineTool.run(
        "plugin",
        "run",
        "circuit-breaker",
        operation,
        "service=web",
        "backend=" + backend(1),
        "--socket",
        lab.adminSocket().toString());
  }

  private String post(String operation) throws IOException {
    String body = "{\"service\": \"web\", \"backend\": \"%s\"}".formatted(backend(1));
    String request =
        """
        POST /api/v1/plugins/circuit-breaker/operations/%s HTTP/1.1\r
        Host: localhost\r
        Content-Type: application/json\r
        Content-Length: %d\r
        Connection: close\r
        \r
        %s"""
            .formatted(operation, body.length(), body);
    try (SocketChannel channel =
        SocketChannel.open(UnixDomainSocketAddress.of(lab.adminSocket()))) {
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Every other connection finds the first backend's port closed. */
  private boolean isOpenAfterMoreTraffic() throws Exception {
    Closeable server = lab.listen(1, 8080);
    lab.connect(80, 2);
    server.close();
    lab.connect(80, 2);
    return weightOfFirst() == 0;
  }
}
