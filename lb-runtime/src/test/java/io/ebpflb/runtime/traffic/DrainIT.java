package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.Options;
import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology;
import io.ebpflb.runtime.service.AdminState;
import io.ebpflb.runtime.service.DrainOutcome;
import io.ebpflb.runtime.service.FlowFilter;
import io.ebpflb.runtime.service.Operations;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients see when an operator drains a backend, and when he takes it into maintenance. */
@SuppressWarnings("try")
class DrainIT {
  private static final int CONNECTIONS = 30;
  private static final int DRAINED = 1;
  private static final String SHORT_TIMEOUTS = "closing-timeout = \"1s\"";

  @TempDir private Path directory;

  /** An open connection and who is at the other end. */
  private record Open(Conversation conversation, String backend) {}

  @Test
  void drainedConnectionsFinishAndThoseInMaintenanceAreCut() throws Exception {
    try (Topology topology = Topology.create("lbt", 2, Topology.Offloads.NONE);
        Servers servers = new Servers(topology).start(1, 2);
        LoadBalancer balancer = start(topology)) {
      InetSocketAddress web = new InetSocketAddress(topology.balancer().ipv4(), 80);
      String endpoint = topology.backend(DRAINED).endpoint(Family.IPV4, Servers.PORT);
      Operations operations = balancer.operations();
      Within.namespace(
          topology.client(),
          () -> {
            drain(operations, endpoint, web);
            maintain(operations, endpoint, web);
            return null;
          });
    }
  }

  private static void drain(Operations operations, String endpoint, InetSocketAddress web)
      throws Exception {
    List<Open> before = open(web);
    List<Open> drained = with(before, Servers.name(DRAINED));
    assertThat(drained).isNotEmpty();

    await(
        operations.setAdminState(
            "web", endpoint, AdminState.DRAIN, Optional.of(Duration.ofMinutes(1))));
    CompletableFuture<DrainOutcome> ended = operations.awaitDrain("web", endpoint);

    for (int i = 0; i < CONNECTIONS; i++) {
      assertThat(Conversation.nameOf(web, 0)).isNotEqualTo(Servers.name(DRAINED));
    }
    for (Open each : before) {
      assertThat(each.conversation().exchange("still there")).isEqualTo("still there");
    }
    assertThat(await(operations.countFlows(of(endpoint)))).isEqualTo(drained.size());
    assertThat(ended).isNotDone();

    for (Open each : before) {
      each.conversation().finish();
    }
    assertThat(await(ended)).isEqualTo(DrainOutcome.COMPLETED);
    await(operations.setAdminState("web", endpoint, AdminState.READY, Optional.empty()));
  }

  private static void maintain(Operations operations, String endpoint, InetSocketAddress web)
      throws Exception {
    List<Open> before = open(web);
    List<Open> cut = with(before, Servers.name(DRAINED));
    assertThat(cut).as("ready again").isNotEmpty();

    await(operations.setAdminState("web", endpoint, AdminState.MAINTENANCE, Optional.empty()));

    assertThat(await(operations.countFlows(of(endpoint)))).isZero();
    for (Open each : before) {
      assertThat(isAlive(each.conversation())).isEqualTo(!cut.contains(each));
      each.conversation().abort();
    }
  }

  private LoadBalancer start(Topology topology) throws Exception {
    Path config = directory.resolve("lb.toml");
    Files.writeString(
        config,
        new LbToml(topology, "xdp")
            .dataplane(SHORT_TIMEOUTS)
            .service("web", Family.IPV4, "tcp", 80, "", 1, 1)
            .text(directory.resolve("lb.sock")));
    return Within.namespace(
        topology.balancer(),
        () -> LoadBalancer.start(Options.of(config, directory.resolve("no-plugins"))));
  }

  private static List<Open> open(InetSocketAddress web) throws IOException {
    List<Open> open = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      Conversation conversation = new Conversation(web, 0);
      open.add(new Open(conversation, conversation.echo()));
    }
    return open;
  }

  private static List<Open> with(List<Open> all, String backend) {
    return all.stream().filter(each -> each.backend().startsWith(backend)).toList();
  }

  private static boolean isAlive(Conversation conversation) {
    try {
      return conversation.exchange("alive?").equals("alive?");
    } catch (IOException e) {
      return false;
    }
  }

  private static FlowFilter of(String endpoint) {
    return new FlowFilter(
        Optional.of("web"), Optional.of(endpoint), Optional.empty(), OptionalInt.empty());
  }

  private static <T> T await(CompletableFuture<T> done) throws Exception {
    return done.get(60, TimeUnit.SECONDS);
  }
}
