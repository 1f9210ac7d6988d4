package io.ebpflb.runtime.bench.checks;

import io.ebpflb.runtime.demo.TemporaryDirectory;
import io.ebpflb.runtime.demo.Topology;
import java.util.stream.Collectors;

/** The config of a load as text. */
final class ChecksConfig {
  private static final int FIRST_PORT = 1000;

  private ChecksConfig() {}

  static String service(int number) {
    return "service-" + number;
  }

  /**
   * @param type of the checks
   * @param weight of the first target of the first service
   */
  static String text(
      Topology topology, TemporaryDirectory scratch, ChecksLoad load, String type, int weight) {
    StringBuilder text = new StringBuilder();
    text.append(
        topology.balancerLinks().stream()
            .map("\"%s\""::formatted)
            .collect(Collectors.joining(", ", "[dataplane]\ninterfaces = [", "]\n")));
    text.append("[admin]\nsocket = \"%s\"\n".formatted(scratch.file("lb.sock")));
    text.append("state = \"%s\"\n".formatted(scratch.file("lb.state.json")));
    text.append("[reload]\nwatch = false\n");
    text.append("[defaults.health-check]\ntype = \"%s\"\n".formatted(type));
    // One failed check is a verdict, so that none has to be waited for over many intervals.
    text.append("interval = \"%dms\"\nfall = 1\n".formatted(load.interval().toMillis()));
    for (int i = 0; i < load.services(); i++) {
      text.append("[[service]]\nname = \"%s\"\n".formatted(service(i)));
      text.append(
          "listen = \"%s:%d\"\nhealth-check = {}\ntarget = [\n"
              .formatted(topology.balancer().ipv4(), FIRST_PORT + i));
      for (int j = 0; j < load.targets(); j++) {
        text.append(
            "  { address = \"%s:%d\", weight = %d },\n"
                .formatted(
                    HostsProcess.address(load.firstHost(i) + j),
                    HostsProcess.PORT,
                    i == 0 && j == 0 ? weight : 1));
      }
      text.append("]\n");
    }
    return text.toString();
  }
}
