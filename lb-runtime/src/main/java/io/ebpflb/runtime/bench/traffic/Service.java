package io.ebpflb.runtime.bench.traffic;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

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

  /** Numbers of backends, each as often as it weighs. */
  List<Integer> turns() {
    return IntStream.rangeClosed(1, weights.size())
        .boxed()
        .flatMap(i -> Collections.nCopies(weights.get(i - 1), i).stream())
        .toList();
  }
}
