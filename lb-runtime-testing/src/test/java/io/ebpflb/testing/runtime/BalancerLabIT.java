package io.ebpflb.testing.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BalancerLabIT {
  @Test
  void trafficReachesBackendsUntilTheyAreClosed() throws Exception {
    try (BalancerLab lab = BalancerLab.create(2)) {
      Closeable one = lab.listen(1, 8080);
      lab.listen(2, 8080);
      lab.start(
          """
          [[service]]
          name = "web"
          listen = "%s:80"
          health-check = { type = "tcp", interval = "100ms", timeout = "100ms", fall = 1 }
          target = [ { address = "%s:8080", weight = 1 }, { address = "%s:8080", weight = 1 } ]
          """
              .formatted(lab.serviceAddress(), lab.backendAddress(1), lab.backendAddress(2)));
      assertThat(lab.connect(80, 50))
          .extracting(connection -> connection.answeredBy().orElse(0))
          .containsOnly(1, 2);
      one.close();
      BalancerLab.await(
          "traffic avoids the closed one",
          Duration.ofSeconds(20),
          () -> lab.connect(80, 20).stream().allMatch(each -> each.answeredBy().orElse(0) == 2));
      assertThat(Files.exists(lab.plugins())).isTrue();
    }
  }
}
