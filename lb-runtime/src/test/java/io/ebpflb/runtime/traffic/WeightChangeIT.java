package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.Options;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections stay with their backends while weights change under them. */
@SuppressWarnings("try")
class WeightChangeIT {
  private static final int BYTES = 10_000_000;
  private static final int CHANGES = 100;
  private static final int BACKENDS = 3;

  /** One stretch of each transfer after each change, so that all of them last until the last. */
  private final Pace pace = new Pace(BYTES / CHANGES);

  @ParameterizedTest
  @MethodSource("io.ebpflb.runtime.traffic.Combinations#hooksAndFamilies")
  void transfersBothWaysSurviveHundredChanges(
      String hook, Topology.Offloads offloads, Family family) throws Exception {
    try (Topology topology = Topology.create("lbt", BACKENDS, offloads);
        Servers servers = new Servers(topology).start(1, 2, 3)) {
      Path config = Files.createTempFile(Checkout.scratch(), "weights", ".toml");
      Path socket = Path.of("/tmp", "lbt-weights-" + ProcessHandle.current().pid() + ".sock");
      Files.writeString(
          config,
          new LbToml(topology, hook).service("web", family, "tcp", 80, "", 1, 1, 1).text(socket));
      Path noPlugins = Checkout.scratch().resolve("no-plugins");
      try (LoadBalancer balancer =
          Within.namespace(
              topology.balancer(), () -> LoadBalancer.start(Options.of(config, noPlugins)))) {
        transferDuringChanges(topology, family, balancer);
      }
    }
  }

  private void transferDuringChanges(Topology topology, Family family, LoadBalancer balancer)
      throws Exception {
    InetSocketAddress web = new InetSocketAddress(topology.balancer().address(family), 80);
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<String>> transfers =
          Within.namespace(
              topology.client(),
              () -> {
                List<Future<String>> begun = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                  boolean up = i % 2 == 0;
                  Conversation conversation = new Conversation(web, 41_000 + i);
                  begun.add(threads.submit(() -> up ? upload(conversation) : echo(conversation)));
                }
                return begun;
              });
      Random random = new Random(7);
      for (int i = 0; i < CHANGES; i++) {
        balancer.dataPlane().apply(plan(topology, family, random));
        pace.step();
        Thread.sleep(15);
      }
      for (Future<String> transfer : transfers) {
        assertThat(transfer.get()).isEqualTo(Long.toHexString(Payload.checksum(BYTES)));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Client to backend, a stretch after each change; the backend tells the checksum. */
  private String upload(Conversation conversation) throws Exception {
    try (conversation) {
      conversation.say("upload " + BYTES);
      Payload.send(pace.applyTo(conversation.socket().getOutputStream()), BYTES);
      return conversation.line();
    }
  }

  /** There and back again. */
  private String echo(Conversation conversation) throws Exception {
    try (conversation) {
      conversation.echo();
      Thread sender =
          new Thread(
              () -> {
                try {
                  Payload.send(pace.applyTo(conversation.socket().getOutputStream()), BYTES);
                } catch (IOException e) {
                  // The receiving side will miss bytes and say so.
                }
              });
      sender.start();
      String sum = Long.toHexString(Payload.receive(conversation.in(), BYTES));
      sender.join();
      return sum;
    }
  }

  private static Plan plan(Topology topology, Family family, Random random) throws Exception {
    List<Plan.Weighted> backends = new ArrayList<>();
    for (int i = 1; i <= BACKENDS; i++) {
      InetAddress address = InetAddress.getByName(topology.backend(i).address(family));
      // Now and then a backend is out of the table altogether.
      double weight = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(99);
      backends.add(new Plan.Weighted(new Plan.Endpoint(address, Servers.PORT), weight));
    }
    Plan.Service web =
        new Plan.Service(
            "web",
            Optional.of(InetAddress.getByName(topology.balancer().address(family))),
            80,
            Protocol.TCP,
            Plan.Selection.FIVE_TUPLE,
            new Plan.Group(backends),
            List.of(),
            Optional.empty());
    return new Plan(List.of(web), List.of());
  }
}
