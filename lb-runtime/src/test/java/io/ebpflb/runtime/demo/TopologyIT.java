package io.ebpflb.runtime.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.demo.Topology.Offloads;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopologyIT {
  @Test
  void clientReachesBackendsThroughTheBalancer() throws Exception {
    try (Topology topology = Topology.create("lbt", 2, Offloads.NONE)) {
      for (Namespace backend : topology.backends()) {
        for (Family family : Family.values()) {
          String printed =
              topology.client().run("ping", "-c", "1", "-W", "2", backend.address(family));
          assertThat(printed).contains("1 received");
        }
      }
      assertThat(topology.client().run("ethtool", "-k", "eth0"))
          .contains("tx-checksumming: off", "generic-receive-offload: on");
    }
  }

  @Test
  void closingRemovesNamespacesAndWhatRunsWithin() throws Exception {
    Topology topology = Topology.create("lbt", 1, Offloads.DEFAULT);
    String name = topology.client().name();
    Process sleeping = topology.client().program(List.of("sleep", "60")).start();
    topology.close();
    assertThat(sleeping.waitFor()).isNotZero();
    assertThat(Program.run("ip", "netns", "list")).doesNotContain(name);
    topology.close();
  }

  @Test
  void leftoversOfDeadProcessesAreRemoved() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    String leftover = "lbt-leftover-" + dead.pid() + "-1-client";
    Program.run("ip", "netns", "add", leftover);
    try (Topology topology = Topology.create("lbt-leftover", 1, Offloads.DEFAULT)) {
      assertThat(Program.run("ip", "netns", "list"))
          .doesNotContain(leftover)
          .contains(topology.balancer().name());
    }
  }
}
