package ${package};

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ebpflb.testing.runtime.BalancerLab;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The JAR in a real balancer that forwards real packets. */
class BannerIT {
  private static final Path JAR = Path.of("target", "${artifactId}.jar");
  private static final Duration SOON = Duration.ofSeconds(20);

  /** The lab's servers greet with one byte, the number of their backend: only the second one's is expected. */
  private static final String CHECK =
      "health-check = { type = \"banner\", expect = \"\\u0002\", interval = \"200ms\", fall = 1 }";

  private static String service(BalancerLab lab, String check) {
    return """
        [[service]]
        name = "numbers"
        listen = "%s:80"
        %s
        target = [ { address = "%s:8080" }, { address = "%s:8080" } ]
        """
        .formatted(lab.serviceAddress(), check, lab.backendAddress(1), lab.backendAddress(2));
  }

  private static void awaitThatOnlyTheSecondAnswers(BalancerLab lab) throws Exception {
    BalancerLab.await(
        "all of 20 connections reach backend 2",
        SOON,
        () ->
            lab.connect(80, 20).stream()
                .allMatch(connection -> connection.answeredBy().orElse(0) == 2));
    assertTrue(lab.connect(80).problem().isEmpty());
  }

  @Test
  void trafficAvoidsTheBackendWithAnotherGreeting() throws Exception {
    try (BalancerLab lab = BalancerLab.create(2).withPlugin(JAR)) {
      lab.listen(1, 8080);
      lab.listen(2, 8080);
      lab.start(service(lab, CHECK));
      awaitThatOnlyTheSecondAnswers(lab);
    }
  }

  @Test
  void theJarMayBeDroppedIntoARunningBalancer() throws Exception {
    try (BalancerLab lab = BalancerLab.create(2)) {
      lab.listen(1, 8080);
      lab.listen(2, 8080);
      lab.start(service(lab, ""));
      BalancerLab.await(
          "both backends are used",
          SOON,
          () -> lab.connect(80, 20).stream().map(c -> c.answeredBy().orElse(0)).distinct().count() == 2);

      lab.withPlugin(JAR);
      BalancerLab.await("it is loaded", SOON, () -> !lab.balancer().plugins().isEmpty());
      lab.reload(service(lab, CHECK));
      awaitThatOnlyTheSecondAnswers(lab);
    }
  }
}
