package io.ebpflb.runtime.traffic;

import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes an {@code lb.toml} for a topology. */
final class LbToml {
  private final Topology topology;
  private final String hook;
  private final List<String> links;
  private final StringBuilder dataplane = new StringBuilder();
  private final StringBuilder admin = new StringBuilder();
  private final StringBuilder services = new StringBuilder();

  LbToml(Topology topology, String hook) {
    this.topology = topology;
    this.hook = hook;
    this.links = new ArrayList<>(topology.balancerLinks());
  }

  /** Further interfaces of the balancer. */
  LbToml interfaces(String... names) {
    links.addAll(List.of(names));
    return this;
  }

  /** Further lines of the table {@code [dataplane]}. */
  LbToml dataplane(String lines) {
    dataplane.append(lines).append('\n');
    return this;
  }

  /** Further lines of the table {@code [admin]}. */
  LbToml admin(String lines) {
    admin.append(lines).append('\n');
    return this;
  }

  /**
   * A service at the topology's service address, to the first backends, one for each weight.
   *
   * @param lines further lines of the service
   */
  LbToml service(
      String name, Family family, String protocol, int port, String lines, int... weights) {
    String listen = topology.balancer().endpoint(family, port);
    return serviceAt(listen, name, family, protocol, lines, weights);
  }

  /**
   * As above, at an address that need not be the topology's.
   *
   * @param listen {@code 203.0.113.1:80} or {@code [2001:db8::1]:80}
   */
  LbToml serviceAt(
      String listen, String name, Family family, String protocol, String lines, int... weights) {
    services.append("[[service]]\nname = \"%s\"\n".formatted(name));
    services.append("listen = \"%s\"\n".formatted(listen));
    services.append("protocol = \"%s\"\n%s\n".formatted(protocol, lines));
    for (int i = 0; i < weights.length; i++) {
      services.append(
          "  [[service.target]]\n  address = \"%s\"\n  weight = %d\n"
              .formatted(topology.backend(i + 1).endpoint(family, Servers.PORT), weights[i]));
    }
    return this;
  }

  /** Further tables, as they are. */
  LbToml tables(String text) {
    services.append(text).append('\n');
    return this;
  }

  /**
   * @param state what is kept over a restart; without it that lies beside the socket
   */
  String text(Path adminSocket, Path state) {
    admin("state = \"%s\"".formatted(state));
    return text(adminSocket);
  }

  String text(Path adminSocket) {
    String names = links.stream().map("\"%s\""::formatted).collect(Collectors.joining(", "));
    return "[dataplane]\ninterfaces = [%s]\nhook = \"%s\"\n%s\n[admin]\nsocket = \"%s\"\n%s\n%s"
        .formatted(names, hook, dataplane, adminSocket, admin, services);
  }
}
