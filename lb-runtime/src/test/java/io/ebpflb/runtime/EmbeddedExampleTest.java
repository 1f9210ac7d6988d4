package io.ebpflb.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The example of a balancer inside another program is compiled and run as it stands. */
class EmbeddedExampleTest {
  @Test
  void runs() throws Exception {
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Path.of("..", "examples", "Embedded.java").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      List<String> said = java.inputReader().lines().toList();

      assertThat(java.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(java.exitValue()).isZero();
      assertThat(said)
          .containsSubsequence(
              "started: 10.0.0.1:8080 1.0",
              "started: 10.0.0.2:8080 1.0",
              "drained: 10.0.0.1:8080 0.0",
              "drained: 10.0.0.2:8080 1.0",
              "applied: APPLIED",
              "changed: 10.0.0.2:8080 1.0",
              "changed: 10.0.0.3:8080 1.0");
      assertThat(said.get(said.size() - 1)).startsWith("refused, for ");
    } finally {
      java.destroyForcibly();
    }
  }
}
