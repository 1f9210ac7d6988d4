package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Namespace;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who owns the service address: the balancer, nobody but routed to it, or nobody on the link. */
class ServiceAddressIT {
  private static final List<String> LOCAL = List.of("10.90.200.1", "fd90:200::1");
  private static final List<String> ROUTED = List.of("10.99.0.1", "fd99::1");
  private static final List<String> NOBODYS = List.of("10.90.0.77", "fd90::77");

  private static Stream<String> hooks() {
    return Checkout.isLongRun() ? Stream.of("xdp", "tc") : Stream.of("tc");
  }

  @ParameterizedTest
  @MethodSource("hooks")
  void localRoutedAndNobodys(String hook) throws Exception {
    try (Topology topology = Topology.create("lbt", 1, Topology.Offloads.NONE);
        Servers servers = new Servers(topology).start(1)) {
      LbToml config = new LbToml(topology, hook);
      for (List<String> addresses : List.of(LOCAL, ROUTED, NOBODYS)) {
        config.serviceAt(
            addresses.get(0) + ":80", name(addresses.get(0)), Family.IPV4, "tcp", "", 1);
        config.serviceAt(
            "[" + addresses.get(1) + "]:80", name(addresses.get(1)), Family.IPV6, "tcp", "", 1);
      }
      try (BalancerProcess balancer = BalancerProcess.start(topology, config)) {
        check(topology);
        servers.kill(1);
        assertThatThrownBy(() -> answer(topology.client(), LOCAL.get(0)))
            .as("it was the backend that answered")
            .isInstanceOf(IOException.class);
        assertThat(balancer.stop()).as(balancer.log()).isZero();
      }
    }
  }

  private static void check(Topology topology) throws Exception {
    Namespace client = topology.client();
    for (String address : LOCAL) {
      assertThat(answer(client, address)).isEqualTo("backend1");
      assertThat(isPinged(client, address)).as("the balancer's own: %s", address).isTrue();
    }
    for (String address : ROUTED) {
      assertThat(answer(client, address)).isEqualTo("backend1");
      assertThat(isPinged(client, address)).as("nobody's, routed: %s", address).isFalse();
    }
    for (String address : NOBODYS) {
      assertThatThrownBy(() -> answer(client, address))
          .as("nobody says who has %s", address)
          .isInstanceOf(IOException.class);
    }
    topology
        .balancer()
        .ip(
            "addr add %s/32 dev clients\naddr add %s/128 dev clients nodad\n"
                .formatted(NOBODYS.get(0), NOBODYS.get(1)));
    client.run("ip", "neigh", "flush", "dev", "eth0");
    for (String address : NOBODYS) {
      assertThat(answer(client, address)).as("now the balancer's").isEqualTo("backend1");
      assertThat(isPinged(client, address)).isTrue();
    }
  }

  private static String name(String address) {
    return address.replace(':', '-');
  }

  private static String answer(Namespace client, String address) throws Exception {
    return Within.namespace(
        client, () -> Conversation.nameOf(new InetSocketAddress(address, 80), 0));
  }

  private static boolean isPinged(Namespace client, String address) throws Exception {
    Process ping =
        client
            .program(List.of("ping", "-c", "1", "-W", "1", address))
            .redirectErrorStream(true)
            .start();
    ping.getInputStream().readAllBytes();
    return ping.waitFor() == 0;
  }
}
