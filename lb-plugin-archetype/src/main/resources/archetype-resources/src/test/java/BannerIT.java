package ${package};

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ebpflb.testing.runtime.BalancerLab;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The JAR in a real balancer that forwards real packets. */
class BannerIT {

  @Test
  void trafficAvoidsTheBackendWithAnotherGreeting() throws Exception {
    try (BalancerLab lab =
        BalancerLab.create(2).withPlugin(Path.of("target", "${artifactId}.jar"))) {
      // The lab's servers greet with one byte, the number of their backend.
      lab.listen(1, 8080);
      lab.listen(2, 8080);
      lab.start(
          """
          [[service]]
          name = "numbers"
          listen = "%s:80"
          health-check = { type = "banner", expect = "\\u0002", interval = "200ms", fall = 1 }
          target = [ { address = "%s:8080" }, { address = "%s:8080" } ]
          """
              .formatted(lab.serviceAddress(), lab.backendAddress(1), lab.backendAddress(2)));
      BalancerLab.await(
          "all of 20 connections reach backend 2",
          Duration.ofSeconds(20),
          () ->
              lab.connect(80, 20).stream()
                  .allMatch(connection -> connection.answeredBy().orElse(0) == 2));
      assertTrue(lab.connect(80).problem().isEmpty());
    }
  }
}
