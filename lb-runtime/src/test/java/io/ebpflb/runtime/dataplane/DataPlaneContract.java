package io.ebpflb.runtime.dataplane;

import static io.ebpflb.runtime.dataplane.Plans.backend;
import static io.ebpflb.runtime.dataplane.Plans.departing;
import static io.ebpflb.runtime.dataplane.Plans.endpoint;
import static io.ebpflb.runtime.dataplane.Plans.group;
import static io.ebpflb.runtime.dataplane.Plans.ip;
import static io.ebpflb.runtime.dataplane.Plans.plan;
import static io.ebpflb.runtime.dataplane.Plans.route;
import static io.ebpflb.runtime.dataplane.Plans.service;
import static io.ebpflb.runtime.dataplane.Plans.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.DataPlane.MapUsage;
import io.ebpflb.runtime.dataplane.Plan.Endpoint;
import io.ebpflb.runtime.dataplane.Plan.Selection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every data plane does with a plan. */
abstract class DataPlaneContract {
  static final String WEB = "192.0.2.10";
  static final String WEB6 = "2001:db8::10";

  private DataPlane opened;

  /** A fresh data plane with these limits. */
  abstract DataPlane open(MapLimits limits) throws Exception;

  /**
   * The backend that the data plane just opened would pick for a new TCP flow to this address, port
   * 80.
   */
  abstract Optional<Endpoint> select(String service, String client, int clientPort);

  private DataPlane open() throws Exception {
    return open(16, 64, 64, 1 << 18);
  }

  private DataPlane open(int services, int routes, int backends, int slots) throws Exception {
    opened = open(MapLimits.of(services, routes, backends, slots));
    return opened;
  }

  @AfterEach
  void closeOpened() {
    if (opened != null) {
      opened.close();
      opened.close();
    }
  }

  private Map<Endpoint, Integer> spread(String service, String client, int flows) {
    Map<Endpoint, Integer> counts = new HashMap<>();
    for (int i = 0; i < flows; i++) {
      select(service, client, 10_000 + i).ifPresent(e -> counts.merge(e, 1, Integer::sum));
    }
    return counts;
  }

  @Test
  void flowsAreSpreadByWeight() throws Exception {
    open()
        .apply(
            plan(
                tcp(
                    "web",
                    WEB,
                    group(
                        backend("10.0.0.1", 50),
                        backend("10.0.0.2", 30),
                        backend("10.0.0.3", 20)))));

    Map<Endpoint, Integer> counts = spread(WEB, "198.51.100.7", 4000);

    assertThat(counts.get(endpoint("10.0.0.1"))).isBetween(1880, 2120);
    assertThat(counts.get(endpoint("10.0.0.2"))).isBetween(1080, 1320);
    assertThat(counts.get(endpoint("10.0.0.3"))).isBetween(680, 920);
  }

  @Test
  void ipv6FlowsGoToIpv6Backends() throws Exception {
    open()
        .apply(plan(tcp("web", WEB6, group(backend("2001:db8::1", 1), backend("2001:db8::2", 1)))));

    assertThat(spread(WEB6, "2001:db8:1::7", 1000).get(endpoint("2001:db8::1")))
        .isBetween(430, 570);
  }

  @Test
  void weightZeroTakesNoNewFlows() throws Exception {
    open().apply(plan(tcp("web", WEB, group(backend("10.0.0.1", 0), backend("10.0.0.2", 1)))));

    assertThat(spread(WEB, "198.51.100.7", 200)).containsOnlyKeys(endpoint("10.0.0.2"));
  }

  @Test
  void groupWithoutWeightDropsNewFlows() throws Exception {
    DataPlane dataPlane = open();
    dataPlane.apply(plan(tcp("web", WEB, group(backend("10.0.0.1", 1)))));
    dataPlane.apply(plan(tcp("web", WEB, group(backend("10.0.0.1", 0)))));

    assertThat(select(WEB, "198.51.100.7", 4000)).isEmpty();
    assertThat(dataPlane.backendCounters())
        .containsKey(new BackendKey("web", endpoint("10.0.0.1")));
  }

  @Test
  void sourceSelectionIgnoresThePort() throws Exception {
    open().apply(plan(service("web", Optional.of(ip(WEB)), Selection.SOURCE, group(0, 10))));

    assertThat(spread(WEB, "198.51.100.7", 200)).hasSize(1);
    Set<Endpoint> ofAll =
        IntStream.range(1, 200)
            .mapToObj(i -> select(WEB, "198.51.100." + i, 4000).orElseThrow())
            .collect(Collectors.toCollection(HashSet::new));
    assertThat(ofAll).hasSize(10);
  }

  @Test
  void randomSelectionSpreadsOneSource() throws Exception {
    open().apply(plan(service("web", Optional.of(ip(WEB)), Selection.RANDOM, group(0, 2))));

    Set<Endpoint> seen =
        IntStream.range(0, 64)
            .mapToObj(i -> select(WEB, "198.51.100.7", 4000).orElseThrow())
            .collect(Collectors.toCollection(HashSet::new));
    assertThat(seen).hasSize(2);
  }

  @Test
  void mostSpecificRouteWins() throws Exception {
    open()
        .apply(
            plan(
                tcp(
                    "web",
                    WEB,
                    group(backend("10.0.0.1", 1)),
                    route("198.51.0.0", 16, group(backend("10.0.0.2", 1))),
                    route("198.51.100.0", 24, group(backend("10.0.0.3", 1))),
                    route("198.51.100.7", 32, group(backend("10.0.0.4", 1))))));

    assertThat(select(WEB, "203.0.113.1", 4000)).contains(endpoint("10.0.0.1"));
    assertThat(select(WEB, "198.51.1.1", 4000)).contains(endpoint("10.0.0.2"));
    assertThat(select(WEB, "198.51.100.6", 4000)).contains(endpoint("10.0.0.3"));
    assertThat(select(WEB, "198.51.100.7", 4000)).contains(endpoint("10.0.0.4"));
  }

  @Test
  void routeMayCoverEverything() throws Exception {
    open()
        .apply(
            plan(
                tcp(
                    "web",
                    WEB6,
                    group(backend("2001:db8::1", 1)),
                    route("::", 0, group(backend("2001:db8::2", 1))),
                    route("2001:db8:1::", 48, group(backend("2001:db8::3", 1))))));

    assertThat(select(WEB6, "2001:db8:2::1", 4000)).contains(endpoint("2001:db8::2"));
    assertThat(select(WEB6, "2001:db8:1::1", 4000)).contains(endpoint("2001:db8::3"));
  }

  @Test
  void routesOfOneServiceDoNotTouchAnother() throws Exception {
    open()
        .apply(
            plan(
                tcp(
                    "web",
                    WEB,
                    group(backend("10.0.0.1", 1)),
                    route("198.51.100.0", 24, group(backend("10.0.0.2", 1)))),
                tcp(
                    "api",
                    "192.0.2.11",
                    group(backend("10.0.0.3", 1)),
                    route("203.0.113.0", 24, group(backend("10.0.0.4", 1))))));

    assertThat(select(WEB, "203.0.113.1", 4000)).contains(endpoint("10.0.0.1"));
    assertThat(select("192.0.2.11", "198.51.100.7", 4000)).contains(endpoint("10.0.0.3"));
  }

  @Test
  void emptyRouteDropsInsteadOfFallingBack() throws Exception {
    open()
        .apply(
            plan(
                tcp(
                    "web",
                    WEB,
                    group(backend("10.0.0.1", 1)),
                    route("198.51.100.0", 24, group()))));

    assertThat(select(WEB, "198.51.100.7", 4000)).isEmpty();
    assertThat(select(WEB, "203.0.113.1", 4000)).contains(endpoint("10.0.0.1"));
  }

  @Test
  void servicesComeAndGo() throws Exception {
    DataPlane dataPlane = open();
    dataPlane.apply(
        plan(
            tcp("web", WEB, group(backend("10.0.0.1", 1))),
            tcp("api", "192.0.2.11", group(backend("10.0.0.1", 1)))));
    assertThat(select(WEB, "198.51.100.7", 3999)).contains(endpoint("10.0.0.1"));
    dataPlane.apply(plan(tcp("api", "192.0.2.11", group(backend("10.0.0.1", 1)))));

    assertThat(select(WEB, "198.51.100.7", 4000)).isEmpty();
    assertThat(select("192.0.2.11", "198.51.100.7", 4000)).contains(endpoint("10.0.0.1"));
    assertThat(select("192.0.2.12", "198.51.100.7", 4000)).isEmpty();
  }

  @Test
  void routesComeAndGo() throws Exception {
    DataPlane dataPlane = open();
    Plan.Route route = route("198.51.100.0", 24, group(backend("10.0.0.2", 1)));
    dataPlane.apply(plan(tcp("web", WEB, group(backend("10.0.0.1", 1)))));
    assertThat(select(WEB, "198.51.100.7", 4000)).contains(endpoint("10.0.0.1"));

    dataPlane.apply(plan(tcp("web", WEB, group(backend("10.0.0.1", 1)), route)));
    assertThat(select(WEB, "198.51.100.7", 4001)).contains(endpoint("10.0.0.2"));

    dataPlane.apply(plan(tcp("web", WEB, group(backend("10.0.0.1", 1)))));
    assertThat(select(WEB, "198.51.100.7", 4002)).contains(endpoint("10.0.0.1"));
  }

  @Test
  void refusedPlanChangesNothing() throws Exception {
    DataPlane dataPlane = open(2, 2, 8, 4096);
    dataPlane.apply(plan(tcp("web", WEB, group(backend("10.0.0.1", 1)))));

    assertThatThrownBy(
            () ->
                dataPlane.apply(
                    plan(
                        tcp("web", WEB, group(backend("10.0.0.2", 1))),
                        tcp("b", "192.0.2.11", group(backend("10.0.0.1", 1))),
                        tcp("c", "192.0.2.12", group(backend("10.0.0.1", 1))))))
        .isInstanceOf(DataPlaneException.class)
        .hasMessageContaining("max-services");
    assertThat(select(WEB, "198.51.100.7", 4000)).contains(endpoint("10.0.0.1"));
  }

  @Test
  void departingBackendsAreStillCounted() throws Exception {
    DataPlane dataPlane = open();
    dataPlane.apply(plan(tcp("web", WEB, group(backend("10.0.0.1", 1), backend("10.0.0.2", 1)))));
    dataPlane.apply(
        departing(plan(tcp("web", WEB, group(backend("10.0.0.1", 1)))), "web", "10.0.0.2"));

    assertThat(spread(WEB, "198.51.100.7", 50)).containsOnlyKeys(endpoint("10.0.0.1"));
    assertThat(dataPlane.backendCounters())
        .containsOnlyKeys(
            new BackendKey("web", endpoint("10.0.0.1")),
            new BackendKey("web", endpoint("10.0.0.2")));
  }

  @Test
  void countersAreOfThoseAskedFor() throws Exception {
    DataPlane dataPlane = open();
    dataPlane.apply(plan(tcp("web", WEB, group(0, 10))));
    Set<BackendKey> all = dataPlane.backendCounters().keySet();
    List<BackendKey> some =
        all.stream().filter(key -> key.endpoint().address().getAddress()[3] % 3 > 0).toList();

    assertThat(all).hasSize(10);
    assertThat(dataPlane.backendCounters(some)).containsOnlyKeys(some);
    assertThat(dataPlane.backendCounters(List.of(new BackendKey("web", endpoint("192.0.2.77")))))
        .isEmpty();
  }

  @Test
  void usageIsReported() throws Exception {
    DataPlane dataPlane = open(16, 64, 64, 1 << 18);
    dataPlane.apply(
        plan(
            tcp(
                "web",
                WEB,
                group(backend("10.0.0.1", 1), backend("10.0.0.2", 1)),
                route("198.51.100.0", 24, group(backend("10.0.0.3", 1))))));

    assertThat(dataPlane.mapUsage())
        .contains(
            new MapUsage("services", 1, 16),
            new MapUsage("source_routes", 1, 64),
            new MapUsage("backends", 3, 64),
            new MapUsage("arena", 16_385, 1 << 18));
  }

  @Test
  void allReasonsAreReported() throws Exception {
    DataPlane dataPlane = open();

    assertThat(dataPlane.drops()).containsKey("no_backend");
    assertThat(dataPlane.handedToStack()).containsKey("neighbor");
    assertThat(dataPlane.flowTableEvents()).containsKey("promotion_refused");
    assertThat(dataPlane.description()).isNotBlank();
  }

  @Test
  void manyPlansInARowLeaveTheLastInForce() throws Exception {
    DataPlane dataPlane = open(16, 64, 64, 4096);
    for (int i = 1; i <= 100; i++) {
      dataPlane.apply(
          plan(tcp("web", WEB, group(backend("10.0.0.1", i % 3), backend("10.0.0.2", i % 2 + 1)))));
    }
    dataPlane.apply(plan(tcp("web", WEB, group(backend("10.0.0.1", 1), backend("10.0.0.2", 0)))));

    assertThat(spread(WEB, "198.51.100.7", 50).keySet())
        .containsExactlyElementsOf(List.of(endpoint("10.0.0.1")));
  }
}
