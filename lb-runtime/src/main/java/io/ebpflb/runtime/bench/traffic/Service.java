package io.ebpflb.runtime.bench.traffic;

import java.util.List;

/**
 * What every balancer is set up to balance.
 *
 * @param weights of backends 1, 2, …; none for those that it does not use
 */
record Service(String name, boolean isUdp, int port, int backendPort, List<Integer> weights) {
  static final Service WEB = new Service("web", false, 80, 8080, List.of(2, 1, 1));

  /** iperf3 opens several connections that must meet: one backend. */
  static final Service STREAMS =
      new Service("streams", false, Servers.IPERF_PORT, Servers.IPERF_PORT, List.of(1));

  static final Service DATAGRAMS =
      new Service("datagrams", true, Servers.IPERF_PORT, Servers.IPERF_PORT, List.of(1));

  static final Service ECHO =
      new Service("echo", false, Servers.ECHO_PORT, Servers.ECHO_PORT, List.of(1));

  static final List<Service> ALL = List.of(WEB, STREAMS, DATAGRAMS, ECHO);
}
