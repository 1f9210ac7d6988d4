package io.ebpflb.runtime.config;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import io.ebpflb.api.Range;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The table {@code [dataplane]} as it is written. */
record DataPlaneTable(
    @Doc("network interfaces that clients and backends are reached by") List<String> interfaces,
    @Doc("where programs attach; auto takes tc on virtual and xdp on real interfaces")
        @Default("auto")
        Configuration.Hook hook,
    @Doc("capacity for established flows, an IPv6 flow counts as two")
        @Default("262144")
        @Range(min = "1024", max = "16777216")
        int maxFlows,
    @Doc("capacity for backends") @Default("16384") @Range(min = "1", max = "65535")
        int maxBackends,
    @Doc("capacity for services") @Default("4096") @Range(min = "1", max = "65535") int maxServices,
    @Doc("capacity for source routes, of all services together")
        @Default("65536")
        @Range(min = "1", max = "1048576")
        int maxSourceRoutes,
    @Doc("capacity for slots of all balancing tables together")
        @Default("4194304")
        @Range(min = "65536", max = "268435456")
        int maxTableSlots,
    @Doc("idle time after which an established TCP flow is forgotten")
        @Default("300s")
        @Range(min = "1s", max = "24h")
        Duration establishedTimeout,
    @Doc("idle time after which a flow without answer is forgotten")
        @Default("30s")
        @Range(min = "1s", max = "1h")
        Duration halfOpenTimeout,
    @Doc("idle time after which a closing TCP flow is forgotten")
        @Default("10s")
        @Range(min = "1s", max = "1h")
        Duration closingTimeout,
    @Doc("idle time after which a UDP flow is forgotten")
        @Default("60s")
        @Range(min = "1s", max = "24h")
        Duration udpTimeout,
    @Doc("whether start and end of flows are sent as events") @Default("false")
        boolean flowEvents) {
  private static final int INTERFACES_MAX = 64;

  void checkInterfaces() throws Refusal {
    String expected = "expected: interfaces = [\"eth0\", \"eth1\"], each name once";
    if (interfaces.isEmpty()) {
      throw new Refusal("no interface is named", expected);
    }
    if (interfaces.size() > INTERFACES_MAX) {
      throw new Refusal("names more than " + INTERFACES_MAX + " interfaces", expected);
    }
    Set<String> seen = new HashSet<>();
    for (String name : interfaces) {
      if (!name.matches("[^\\s/:]{1,15}") || name.equals(".") || name.equals("..")) {
        throw new Refusal(
            "\"" + Printable.cut(name, 40) + "\" is no interface name",
            "expected: 1 to 15 characters, no blanks, slashes or colons");
      }
      if (!seen.add(name)) {
        throw new Refusal("names \"" + name + "\" twice", expected);
      }
    }
  }

  Configuration.DataPlaneSettings settings() {
    return new Configuration.DataPlaneSettings(
        interfaces,
        hook,
        maxFlows,
        maxBackends,
        maxServices,
        maxSourceRoutes,
        maxTableSlots,
        establishedTimeout,
        halfOpenTimeout,
        closingTimeout,
        udpTimeout,
        flowEvents);
  }
}
