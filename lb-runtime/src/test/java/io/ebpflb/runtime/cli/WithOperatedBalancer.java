package io.ebpflb.runtime.cli;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A balancer that forwards, for each test one of its own. */
class WithOperatedBalancer {
  @TempDir Path directory;
  OperatedBalancer balancer;

  @BeforeEach
  void start() throws Exception {
    balancer = OperatedBalancer.start(directory);
  }

  @AfterEach
  void stop() throws Exception {
    if (balancer != null) {
      balancer.close();
    }
  }
}
