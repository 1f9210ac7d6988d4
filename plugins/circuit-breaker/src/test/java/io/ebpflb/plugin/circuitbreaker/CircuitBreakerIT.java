package io.ebpflb.plugin.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.testing.runtime.BalancerLab;
import java.io.Closeable;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The plugin's JAR in the real balancer, which no health check helps. */
class CircuitBreakerIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final BalancerLab lab;

  CircuitBreakerIT() throws Exception {
    lab = BalancerLab.create(2).withPlugin(Path.of("target", "circuit-breaker.jar"));
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
      lab.start(
          """
          [[service]]
          name = "web"
          listen = "%s:80"
          circuit-breaker = { error-threshold-percent = 40, min-requests = 10, open-duration = "2s" }
          target = [ { address = "%s:8080", weight = 50 }, { address = "%s:8080", weight = 50 } ]
          """
              .formatted(lab.serviceAddress(), lab.backendAddress(1), lab.backendAddress(2)));
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

  /** Every other connection finds the first backend's port closed. */
  private boolean isOpenAfterMoreTraffic() throws Exception {
    Closeable server = lab.listen(1, 8080);
    lab.connect(80, 2);
    server.close();
    lab.connect(80, 2);
    return weightOfFirst() == 0;
  }
}
