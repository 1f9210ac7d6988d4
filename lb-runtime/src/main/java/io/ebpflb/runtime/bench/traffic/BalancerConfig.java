package io.ebpflb.runtime.bench.traffic;

import io.ebpflb.runtime.demo.Topology;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The same services for each balancer, in its own words; as its makers ship it otherwise. */
final class BalancerConfig {
  private BalancerConfig() {}

  static String ebpfLb(Topology topology, String hook, Path socket) {
    String links =
        topology.balancerLinks().stream()
            .map("\"%s\""::formatted)
            .collect(Collectors.joining(", "));
    StringBuilder config = new StringBuilder();
    config.append("[dataplane]\ninterfaces = [%s]\nhook = \"%s\"\n".formatted(links, hook));
    config.append("[admin]\nsocket = \"%s\"\n".formatted(socket));
    for (Service service : Service.ALL) {
      config.append("[[service]]\nname = \"%s\"\n".formatted(service.name()));
      config.append("protocol = \"%s\"\n".formatted(service.isUdp() ? "udp" : "tcp"));
      config.append("listen = \"%s\"\n".formatted(listen(topology, service)));
      config.append(
          lines(
              topology, service, "[[service.target]]\naddress = \"%s\"\nweight = %d\n"::formatted));
    }
    return config.toString();
  }

  static String nftables(Topology topology) {
    StringBuilder rules = new StringBuilder();
    rules.append("table ip bench {\n  chain incoming {\n");
    rules.append("    type nat hook prerouting priority dstnat\n");
    for (Service service : Service.ALL) {
      List<String> turns = new ArrayList<>();
      each(topology, service, (endpoint, weight) -> Collections.nCopies(weight, endpoint))
          .forEach(turns::addAll);
      String match =
          "    ip daddr %s %s dport %d dnat ip "
              .formatted(
                  topology.balancer().ipv4(), service.isUdp() ? "udp" : "tcp", service.port());
      if (turns.size() == 1) {
        rules.append("%sto %s\n".formatted(match, turns.get(0)));
        continue;
      }
      String choices =
          IntStream.range(0, turns.size())
              .mapToObj(i -> "%d : %s".formatted(i, turns.get(i).replace(":", " . ")))
              .collect(Collectors.joining(", "));
      rules.append(
          "%saddr . port to numgen inc mod %d map { %s }\n"
              .formatted(match, turns.size(), choices));
    }
    return rules.append("  }\n}\n").toString();
  }

  /** Knows no UDP. */
  static String haproxy(Topology topology) {
    StringBuilder config = new StringBuilder();
    config.append("global\n  maxconn 4096\n");
    config.append("defaults\n  mode tcp\n");
    config.append("  timeout connect 5s\n  timeout client 60s\n  timeout server 60s\n");
    for (Service service : Service.ALL) {
      if (service.isUdp()) {
        continue;
      }
      config.append("listen %s\n".formatted(service.name()));
      config.append("  bind %s\n  balance roundrobin\n".formatted(listen(topology, service)));
      config.append(
          lines(
              topology,
              service,
              (endpoint, weight) ->
                  "  server %1$s %1$s weight %2$d\n".formatted(endpoint, weight)));
    }
    return config.toString();
  }

  static String nginx(Topology topology, String pidFile) {
    StringBuilder config = new StringBuilder();
    config.append("load_module /usr/lib/nginx/modules/ngx_stream_module.so;\n");
    config.append("daemon off;\npid %s;\nerror_log stderr crit;\n".formatted(pidFile));
    config.append("worker_processes auto;\nevents { worker_connections 8192; }\nstream {\n");
    for (Service service : Service.ALL) {
      config.append("  upstream %s {\n".formatted(service.name()));
      config.append(lines(topology, service, "    server %s weight=%d;\n"::formatted));
      config.append("  }\n  server {\n    listen %s".formatted(listen(topology, service)));
      config.append(service.isUdp() ? " udp" : "");
      config.append(";\n    proxy_pass %s;\n  }\n".formatted(service.name()));
    }
    return config.append("}\n").toString();
  }

  private static String listen(Topology topology, Service service) {
    return topology.balancer().ipv4() + ":" + service.port();
  }

  private static String lines(
      Topology topology, Service service, BiFunction<String, Integer, String> line) {
    return String.join("", each(topology, service, line));
  }

  /** What becomes of each backend's endpoint and weight. */
  private static <T> List<T> each(
      Topology topology, Service service, BiFunction<String, Integer, T> line) {
    List<T> all = new ArrayList<>();
    for (int i = 1; i <= service.weights().size(); i++) {
      String endpoint = topology.backend(i).ipv4() + ":" + service.backendPort();
      all.add(line.apply(endpoint, service.weights().get(i - 1)));
    }
    return all;
  }
}
