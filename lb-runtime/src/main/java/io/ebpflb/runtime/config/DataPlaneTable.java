package io.ebpflb.runtime.config;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import io.ebpflb.api.Range;
import java.time.Duration;
import java.util.List;

/** The table {@code [dataplane]} as it is written, without its interfaces. */
record DataPlaneTable(
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
    @Doc("capacity for slots of all balancing tables together; more of it makes tables finer")
        @Default("8388608")
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
  Configuration.DataPlaneSettings settings(List<String> interfaces) {
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
