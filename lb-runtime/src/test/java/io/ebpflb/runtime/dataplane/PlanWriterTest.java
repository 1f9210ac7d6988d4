package io.ebpflb.runtime.dataplane;

import static io.ebpflb.runtime.dataplane.Plans.backend;
import static io.ebpflb.runtime.dataplane.Plans.departing;
import static io.ebpflb.runtime.dataplane.Plans.endpoint;
import static io.ebpflb.runtime.dataplane.Plans.group;
import static io.ebpflb.runtime.dataplane.Plans.ip;
import static io.ebpflb.runtime.dataplane.Plans.plan;
import static io.ebpflb.runtime.dataplane.Plans.route;
import static io.ebpflb.runtime.dataplane.Plans.tcp;
import static io.ebpflb.runtime.dataplane.Plans.wildcard;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.MapStore.FilterSet;
import io.ebpflb.runtime.dataplane.Plan.Endpoint;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanWriterTest {
  private static final String WEB = "192.0.2.10";
  private static final String WEB6 = "2001:db8::10";

  private FaultyMaps maps = new FaultyMaps(MapLimits.of(16, 16, 16, 16_384));
  private PlanWriter writer = new PlanWriter(maps);

  private void limits(int services, int routes, int backends, int slots) {
    maps = new FaultyMaps(MapLimits.of(services, routes, backends, slots));
    writer = new PlanWriter(maps);
  }

  private Optional<Endpoint> select(String service, String client, int port) {
    return new Lookup(maps.maps())
        .find(
            new Lookup.Flow(
                new Endpoint(ip(client), port), new Endpoint(ip(service), 80), Protocol.TCP))
        .flatMap(Lookup.Choice::backend);
  }

  private Optional<Endpoint> select(String service) {
    return select(service, service.contains(":") ? "2001:db8:1::7" : "198.51.100.7", 4000);
  }

  private int id(String service, String backend) {
    return writer.backendIds().get(new BackendKey(service, endpoint(backend)));
  }

  private boolean filterHas(String backend) {
    return maps.maps().filterHas(FilterSet.BACKEND, endpoint(backend), 6);
  }

  private void sweepWell() {
    writer.reclaim();
    maps.maps().sweep();
    maps.maps().sweep();
    writer.reclaim();
  }

  @Test
  void samePlanAgainWritesNothing() {
    Plan plan =
        plan(
            tcp("web", WEB, group(0, 3), route("198.51.100.0", 24, group(backend("10.0.0.9", 1)))),
            wildcard("all", group(1, 2)));
    writer.localAddresses(List.of(ip("192.0.2.1")));
    writer.apply(plan);
    assertThat(maps.writes()).isPositive();

    writer.apply(plan);
    assertThat(maps.writes()).isZero();
  }

  @Test
  void changedWeightRewritesOneGroupOnly() {
    writer.apply(plan(tcp("a", WEB, group(0, 2)), tcp("b", "192.0.2.11", group(1, 2))));
    maps.writes();

    writer.apply(
        plan(
            tcp("a", WEB, group(backend("10.0.0.1", 1), backend("10.0.0.2", 3))),
            tcp("b", "192.0.2.11", group(1, 2))));
    assertThat(maps.writes()).as("slots, flip").isEqualTo(2);
  }

  @Test
  void orderOfServicesAndBackendsIsNoChange() {
    writer.apply(plan(tcp("a", WEB, group(0, 2)), tcp("b", "192.0.2.11", group(1, 2))));
    maps.writes();

    writer.apply(
        plan(
            tcp("b", "192.0.2.11", group(1, 2)),
            tcp("a", WEB, group(backend("10.0.0.2", 1), backend("10.0.0.1", 1)))));
    assertThat(maps.writes()).isZero();
  }

  @Test
  void wildcardStandsForLocalAddresses() {
    writer.apply(plan(wildcard("web", group(backend("10.0.0.1", 1)))));
    assertThat(select("192.0.2.1")).isEmpty();

    writer.localAddresses(List.of(ip("192.0.2.1"), ip("192.0.2.2"), ip("2001:db8::1")));
    assertThat(select("192.0.2.1")).contains(endpoint("10.0.0.1"));
    assertThat(select("192.0.2.2")).contains(endpoint("10.0.0.1"));
    assertThat(select("192.0.2.3")).isEmpty();

    writer.localAddresses(List.of(ip("192.0.2.2"), ip("192.0.2.3")));
    assertThat(select("192.0.2.1")).isEmpty();
    assertThat(select("192.0.2.3")).contains(endpoint("10.0.0.1"));
  }

  @Test
  void wildcardTakesOnlyFamiliesThatItHasBackendsOf() {
    writer.localAddresses(List.of(ip("192.0.2.1"), ip("2001:db8::1")));
    writer.apply(plan(wildcard("web", group(backend("10.0.0.1", 1)))));
    assertThat(writer.usage().get(0).entries()).isEqualTo(1);

    writer.apply(plan(wildcard("web", group(backend("10.0.0.1", 1), backend("2001:db8::9", 1)))));
    assertThat(writer.usage().get(0).entries()).isEqualTo(2);
    assertThat(select("192.0.2.1")).contains(endpoint("10.0.0.1"));
    assertThat(select("2001:db8::1")).contains(endpoint("2001:db8::9"));

    writer.apply(plan(wildcard("web", group())));
    assertThat(writer.usage().get(0).entries()).as("drops both").isEqualTo(2);
  }

  @Test
  void specificServiceWinsOverWildcard() {
    writer.localAddresses(List.of(ip("192.0.2.1"), ip("192.0.2.2")));
    writer.apply(
        plan(
            wildcard("all", group(backend("10.0.0.1", 1))),
            tcp("one", "192.0.2.2", group(backend("10.0.0.2", 1)))));

    assertThat(select("192.0.2.1")).contains(endpoint("10.0.0.1"));
    assertThat(select("192.0.2.2")).contains(endpoint("10.0.0.2"));
  }

  @Test
  void routesWithEqualGroupsShareATable() {
    writer.apply(
        plan(
            tcp(
                "web",
                WEB,
                group(0, 2),
                route("198.51.100.0", 24, group(1, 2)),
                route("203.0.113.0", 24, group(1, 2)),
                route("203.0.114.0", 24, group(0, 2)))));

    assertThat(writer.usage()).contains(new DataPlane.MapUsage("groups", 2, 64));
    assertThat(writer.usage()).contains(new DataPlane.MapUsage("arena", 2 * 4096, 16_384));
  }

  @Test
  void routesThatPartGetGroupsOfTheirOwn() {
    writer.apply(
        plan(
            tcp(
                "web",
                WEB,
                group(backend("10.0.0.1", 1)),
                route("198.51.100.0", 24, group(backend("10.0.0.2", 1))),
                route("203.0.113.0", 24, group(backend("10.0.0.2", 1))))));
    writer.apply(
        plan(
            tcp(
                "web",
                WEB,
                group(backend("10.0.0.1", 1)),
                route("198.51.100.0", 24, group(backend("10.0.0.3", 1))),
                route("203.0.113.0", 24, group(backend("10.0.0.2", 1))))));

    assertThat(select(WEB, "198.51.100.7", 1)).contains(endpoint("10.0.0.3"));
    assertThat(select(WEB, "203.0.113.7", 1)).contains(endpoint("10.0.0.2"));
    assertThat(select(WEB, "192.0.2.99", 1)).contains(endpoint("10.0.0.1"));
  }

  @Test
  void sameEndpointTwiceIsOneBackend() {
    writer.apply(
        plan(
            tcp(
                "web",
                WEB,
                group(backend("10.0.0.1", 1), backend("10.0.0.1", 1), backend("10.0.0.2", 2)))));

    assertThat(writer.backendIds()).hasSize(2);
    int first = 0;
    for (int port = 0; port < 2000; port++) {
      first += select(WEB, "198.51.100.7", port).equals(Optional.of(endpoint("10.0.0.1"))) ? 1 : 0;
    }
    assertThat(first).isBetween(900, 1100);
  }

  @Test
  void backendKeepsItsIdUntilNoFlowIsLeft() {
    writer.apply(plan(tcp("web", WEB, group(backend("10.0.0.1", 1), backend("10.0.0.2", 1)))));
    int id = id("web", "10.0.0.2");
    maps.maps().setActiveFlows(id, 1);

    writer.apply(plan(tcp("web", WEB, group(backend("10.0.0.1", 1)))));
    sweepWell();
    assertThat(filterHas("10.0.0.2")).as("replies are still recognised").isTrue();
    assertThat(writer.backendIds()).hasSize(1);

    maps.maps().setActiveFlows(id, 0);
    sweepWell();
    assertThat(filterHas("10.0.0.2")).isFalse();
    assertThat(filterHas("10.0.0.1")).isTrue();
  }

  @Test
  void sweepUnderWayIsNotEnoughToFreeAnId() {
    writer.apply(plan(tcp("web", WEB, group(backend("10.0.0.1", 1)))));
    writer.apply(Plan.EMPTY);
    maps.waits();
    writer.reclaim();
    assertThat(maps.waits()).isEqualTo(1);
    maps.maps().sweep();
    writer.reclaim();
    assertThat(filterHas("10.0.0.1")).isTrue();

    maps.maps().sweep();
    writer.reclaim();
    assertThat(filterHas("10.0.0.1")).isFalse();
  }

  @Test
  void backendThatComesBackKeepsItsId() {
    Plan plan = plan(tcp("web", WEB, group(backend("10.0.0.1", 1))));
    writer.apply(plan);
    int id = id("web", "10.0.0.1");
    writer.apply(departing(Plan.EMPTY, "web", "10.0.0.1"));
    assertThat(id("web", "10.0.0.1")).isEqualTo(id);
    sweepWell();
    writer.apply(Plan.EMPTY);
    writer.reclaim();

    writer.apply(plan);
    assertThat(id("web", "10.0.0.1")).isEqualTo(id);
    sweepWell();
    assertThat(filterHas("10.0.0.1")).isTrue();
  }

  @Test
  void idsAreReusedWhenTheyRunOut() {
    limits(16, 16, 2, 16_384);
    for (int i = 1; i < 50; i++) {
      writer.apply(plan(tcp("web", WEB, group(backend("10.0.0." + i, 1)))));
      assertThat(select(WEB)).contains(endpoint("10.0.0." + i));
      sweepWell();
    }
  }

  @Test
  void leavingBackendsCountAgainstTheLimit() {
    limits(16, 16, 2, 16_384);
    writer.apply(plan(tcp("web", WEB, group(backend("10.0.0.1", 1), backend("10.0.0.2", 1)))));
    Plan next = plan(tcp("web", WEB, group(backend("10.0.0.3", 1))));

    assertThatThrownBy(() -> writer.apply(next))
        .isInstanceOf(DataPlaneException.class)
        .hasMessage(
            "the plan needs 1 backends, beside 2 that left and still have flows, but there is room"
                + " for 2; raise max-backends in [dataplane]");
    assertThat(select(WEB)).isPresent();
  }

  @Test
  void refusalsNameNeedAndLimit() {
    limits(2, 1, 3, 2048);
    writer.localAddresses(List.of(ip("192.0.2.1"), ip("192.0.2.2"), ip("192.0.2.3")));
    assertRefused(
        plan(wildcard("web", group(0, 1))),
        "the plan needs 3 service addresses (a wildcard counts once for each local address), but"
            + " there is room for 2; raise max-services in [dataplane]");
    assertRefused(
        plan(
            tcp(
                "web",
                WEB,
                group(0, 1),
                route("10.0.0.0", 8, group(0, 1)),
                route("11.0.0.0", 8, group(0, 1)))),
        "the plan needs 2 source routes, but there is room for 1; raise max-source-routes in"
            + " [dataplane]");
    assertRefused(
        plan(tcp("web", WEB, group(0, 4))),
        "the plan needs 4 backends, but there is room for 3; raise max-backends in [dataplane]");
    assertRefused(
        plan(
            tcp("web", WEB, group(0, 2), route("10.0.0.0", 8, group(0, 3))),
            tcp("b", "192.0.2.11", group(0, 2))),
        "the plan needs 3072 table slots, but there is room for 2048; raise max-table-slots in"
            + " [dataplane]");
    assertThat(maps.writes()).isZero();
  }

  @Test
  void contradictionsAreRefused() {
    assertRefused(
        plan(tcp("a", WEB, group(0, 1)), tcp("b", WEB, group(0, 1))),
        "services \"a\" and \"b\" both listen on 192.0.2.10:80/tcp");
    assertRefused(
        plan(tcp("a", WEB, group(0, 1)), tcp("a", "192.0.2.11", group(0, 1))),
        "two services are named \"a\"");
    assertRefused(
        plan(tcp("a", WEB6, group(0, 1))),
        "service \"a\": backend 10.0.0.1:8080 is IPv4, where packets are IPv6; they are not"
            + " translated from one to the other");
    assertRefused(
        plan(tcp("a", WEB, group(0, 1), route("2001:db8::", 32, group(0, 1)))),
        "service \"a\": source route 2001:db8::/32 is IPv6, where packets are IPv4; they are not"
            + " translated from one to the other");
    assertRefused(
        plan(
            tcp(
                "a",
                WEB,
                group(0, 1),
                route("10.0.0.0", 8, group(0, 1)),
                route("10.0.0.0", 8, group(0, 1)))),
        "service \"a\": two source routes for 10.0.0.0/8");
    limits(16, 16, 2000, 1 << 20);
    assertRefused(
        plan(tcp("a", WEB, group(0, 1025))),
        "service \"a\": 1025 backends in one group, at most 1024");
  }

  private void assertRefused(Plan plan, String message) {
    assertThatThrownBy(() -> writer.apply(plan))
        .isInstanceOf(DataPlaneException.class)
        .hasMessage(message);
  }

  @Test
  void newTablesMustFitBesideThoseInUse() {
    limits(16, 16, 16, 3072);
    writer.apply(plan(tcp("a", WEB, group(0, 2)), tcp("b", "192.0.2.11", group(0, 2))));

    assertRefused(
        plan(tcp("c", "192.0.2.12", group(0, 2)), tcp("d", "192.0.2.13", group(0, 2))),
        "the plan needs 2048 table slots, and 4096 with those that it takes the place of, but there"
            + " are 3072; raise max-table-slots in [dataplane], or make the change in two steps");
    assertThat(select(WEB)).isPresent();
  }

  @Test
  void tablesAreFlippedAsLongAsThereIsRoom() {
    limits(16, 16, 16, 3072);
    for (int i = 1; i < 20; i++) {
      writer.apply(
          plan(
              tcp("a", WEB, group(backend("10.0.0.1", i), backend("10.0.0.2", 1))),
              tcp("b", "192.0.2.11", group(backend("10.0.0.1", 1), backend("10.0.0.2", i)))));
    }
    assertThat(maps.waits()).as("regions are freed together").isBetween(1, 40);
  }

  /** Between them lies a change of all tables' size, in an arena that is full half the time. */
  @Test
  void tablesGetSmallerAndLargerAgainAsServicesComeAndGo() {
    limits(64, 16, 256, 65_536);
    for (int round = 0; round < 6; round++) {
      for (int services : new int[] {1, 2, 3, 5, 16, 17, 33, 64, 32, 9, 4}) {
        writer.apply(
            plan(
                IntStream.range(0, services)
                    .mapToObj(i -> tcp("s" + i, "192.0.2." + i, group(0, 2)))
                    .toArray(Plan.Service[]::new)));
        assertThat(writer.usage().get(4).entries()).isEqualTo((long) services * cells(services));
      }
    }
  }

  private static int cells(int services) {
    return Math.min(16_384, Math.max(1024, Integer.highestOneBit(32_768 / services)));
  }

  @Test
  void fullArenaStillTakesNewWeights() {
    limits(16, 16, 16, 2048);
    writer.apply(plan(tcp("a", WEB, group(0, 2)), tcp("b", "192.0.2.11", group(0, 2))));

    writer.apply(
        plan(
            tcp("a", WEB, group(backend("10.0.0.1", 0), backend("10.0.0.2", 1))),
            tcp("b", "192.0.2.11", group(backend("10.0.0.1", 1), backend("10.0.0.2", 0)))));
    assertThat(select(WEB)).contains(endpoint("10.0.0.2"));
    assertThat(select("192.0.2.11")).contains(endpoint("10.0.0.1"));
  }

  @Test
  void allServicesMayBeReplacedAtOnce() {
    limits(2, 2, 16, 16_384);
    Plan.Route route = route("198.51.100.0", 24, group(backend("10.0.0.2", 1)));
    writer.apply(
        plan(
            tcp("a", WEB, group(backend("10.0.0.1", 1)), route),
            tcp("b", "192.0.2.11", group(backend("10.0.0.1", 1)), route)));
    writer.apply(
        plan(
            tcp("c", "192.0.2.12", group(backend("10.0.0.3", 1)), route),
            tcp("d", "192.0.2.13", group(backend("10.0.0.3", 1)), route)));

    assertThat(select("192.0.2.12", "203.0.113.1", 1)).contains(endpoint("10.0.0.3"));
    assertThat(select("192.0.2.13")).contains(endpoint("10.0.0.2"));
    assertThat(select(WEB)).isEmpty();
  }

  /** Their flows are found by the filter's bits; their keys go where there is no room for them. */
  @Test
  void closingServicesGiveWayToOthers() {
    limits(2, 2, 16, 16_384);
    Plan.Service web = tcp("a", WEB, group(backend("10.0.0.1", 1)));
    writer.apply(plan(web, tcp("b", "192.0.2.11", group(backend("10.0.0.1", 1)))));
    List<Plan.Service> closing =
        List.of(tcp("was a", WEB, group()), tcp("was b", "192.0.2.11", group()));
    Plan.Service next = tcp("c", "192.0.2.12", group(backend("10.0.0.3", 1)));
    writer.apply(new Plan(List.of(next), List.of(), closing));
    assertThat(claims(WEB)).as("there is room for one").isTrue();
    assertThat(claims("192.0.2.11")).isFalse();

    Plan.Service other = tcp("d", "192.0.2.11", group(backend("10.0.0.3", 1)));
    writer.apply(new Plan(List.of(next, other), List.of(), closing));
    assertThat(claims(WEB)).isFalse();
    assertThat(select("192.0.2.11")).contains(endpoint("10.0.0.3"));
    assertThat(hasBits(WEB)).isTrue();

    writer.apply(plan(next, other));
    assertThat(hasBits(WEB)).isFalse();
  }

  private boolean hasBits(String service) {
    return maps.maps().filterHas(FilterSet.SERVICE, new Endpoint(ip(service), 80), 6);
  }

  private boolean claims(String service) {
    Lookup.Flow flow =
        new Lookup.Flow(
            new Endpoint(ip("198.51.100.7"), 4000), new Endpoint(ip(service), 80), Protocol.TCP);
    return new Lookup(maps.maps()).find(flow).isPresent();
  }

  private static final Plan BEFORE =
      plan(
          tcp("a", WEB, group(backend("10.0.0.1", 1))),
          tcp(
              "b",
              "192.0.2.11",
              group(backend("10.0.0.2", 1)),
              route("198.51.100.0", 24, group(backend("10.0.0.3", 1)))));
  private static final Plan AFTER =
      plan(
          tcp(
              "a",
              WEB,
              group(backend("10.0.0.4", 1)),
              route("198.51.100.0", 24, group(backend("10.0.0.5", 1)))),
          tcp("c", "192.0.2.12", group(backend("10.0.0.6", 1))));

  private List<Optional<Endpoint>> behaviour() {
    List<Optional<Endpoint>> seen = new ArrayList<>();
    for (String service : List.of(WEB, "192.0.2.11", "192.0.2.12")) {
      seen.add(select(service, "198.51.100.7", 4000));
      seen.add(select(service, "203.0.113.7", 4000));
    }
    return seen;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void failedWriteLeavesThePlanInForceAndTheNextApplyRepairs(boolean writesBeforeFailing) {
    for (int failing = 0; ; failing++) {
      maps = new FaultyMaps(MapLimits.of(16, 16, 16, 16_384), writesBeforeFailing);
      writer = new PlanWriter(maps);
      writer.apply(BEFORE);
      List<Optional<Endpoint>> before = behaviour();

      maps.writes();
      maps.failAfter(failing);
      boolean failed = false;
      try {
        writer.apply(AFTER);
      } catch (DataPlaneException e) {
        failed = true;
        assertThat(behaviour()).as("write %d failed", failing).isEqualTo(before);
      }
      if (!failed) {
        assertThat(failing).isGreaterThan(20);
        break;
      }
      writer.apply(AFTER);
      assertThat(behaviour())
          .containsExactly(
              Optional.of(endpoint("10.0.0.5")),
              Optional.of(endpoint("10.0.0.4")),
              Optional.empty(),
              Optional.empty(),
              Optional.of(endpoint("10.0.0.6")),
              Optional.of(endpoint("10.0.0.6")));
      maps.writes();
      writer.apply(AFTER);
      assertThat(maps.writes()).isZero();
      sweepWell();
      assertThat(writer.usage())
          .contains(
              new DataPlane.MapUsage("services", 2, 16),
              new DataPlane.MapUsage("source_routes", 1, 16),
              new DataPlane.MapUsage("groups", 3, 64),
              new DataPlane.MapUsage("backends", 3, 16),
              new DataPlane.MapUsage("arena", 3, 16_384));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void failedWriteOfWeightsLeavesThoseInForceAndTheNextApplyRepairs(boolean writesBeforeFailing) {
    Plan before =
        plan(
            tcp("a", WEB, group(backend("10.0.0.1", 1), backend("10.0.0.2", 1))),
            tcp("b", "192.0.2.11", group(backend("10.0.0.2", 1), backend("10.0.0.3", 1))));
    Plan after =
        plan(
            tcp("a", WEB, group(backend("10.0.0.1", 0), backend("10.0.0.2", 1))),
            tcp("b", "192.0.2.11", group(backend("10.0.0.2", 1), backend("10.0.0.3", 0))));
    int writes = 4;
    for (int failing = 0; failing < writes; failing++) {
      maps = new FaultyMaps(MapLimits.of(16, 16, 16, 65_536), writesBeforeFailing);
      writer = new PlanWriter(maps);
      writer.apply(before);
      List<Optional<Endpoint>> behaviour = behaviour();
      maps.failAfter(failing);
      assertThatThrownBy(() -> writer.apply(after)).isInstanceOf(DataPlaneException.class);
      assertThat(behaviour()).as("write %d failed", failing).isEqualTo(behaviour);

      maps.writes();
      writer.apply(after);
      assertThat(maps.writes()).as("slots and flip of each group").isEqualTo(writes);
      assertThat(select(WEB)).contains(endpoint("10.0.0.2"));
      assertThat(select("192.0.2.11")).contains(endpoint("10.0.0.2"));
    }
  }

  @Test
  void refusedAddressesLeaveThoseBefore() {
    limits(1, 1, 16, 4096);
    writer.apply(plan(wildcard("web", group(backend("10.0.0.1", 1)))));
    writer.localAddresses(List.of(ip("192.0.2.1")));

    assertThatThrownBy(() -> writer.localAddresses(List.of(ip("192.0.2.1"), ip("192.0.2.2"))))
        .isInstanceOf(DataPlaneException.class);
    assertThat(select("192.0.2.1")).contains(endpoint("10.0.0.1"));
    assertThat(select("192.0.2.2")).isEmpty();
  }

  @Test
  void serviceThatChangesItsProtocolGetsNewBackends() {
    writer.apply(plan(tcp("dns", WEB, group(backend("10.0.0.1", 1)))));
    int id = id("dns", "10.0.0.1");
    Plan.Service tcp = tcp("dns", WEB, group(backend("10.0.0.1", 1)));
    writer.apply(
        plan(
            new Plan.Service(
                tcp.name(),
                tcp.address(),
                53,
                Protocol.UDP,
                tcp.selection(),
                tcp.group(),
                List.of(),
                Optional.empty())));

    assertThat(id("dns", "10.0.0.1")).isNotEqualTo(id);
    assertThat(maps.maps().filterHas(FilterSet.BACKEND, endpoint("10.0.0.1"), 17)).isTrue();
    assertThat(select(WEB)).isEmpty();
  }

  /** Whatever comes before: what a plan does follows from the plan alone. */
  @Test
  void anyHistoryEndsInTheSameBehaviour() {
    // So many slots that it never matters where free ones lie.
    limits(16, 64, 200, 1 << 20);
    Random random = new Random(11);
    Plan plan = Plan.EMPTY;
    List<InetAddress> addresses = List.of();
    for (int round = 0; round < 300; round++) {
      if (round % 3 == 0) {
        plan = randomPlan(random);
        addresses =
            random.nextBoolean()
                ? List.of(ip("192.0.2.1"))
                : List.of(ip("192.0.2.1"), ip("192.0.2.2"));
      } else {
        plan = withOtherWeights(plan, random);
      }
      writer.localAddresses(addresses);
      writer.apply(plan);
      sweepWell();
      FaultyMaps fresh = new FaultyMaps(maps.limits());
      PlanWriter other = new PlanWriter(fresh);
      other.localAddresses(addresses);
      other.apply(plan);
      FaultyMaps used = maps;
      for (int service = 11; service < 15; service++) {
        for (int client = 1; client < 20; client++) {
          maps = used;
          Optional<Endpoint> here = select("192.0.2." + service, "198.51.100." + client, client);
          maps = fresh;
          assertThat(select("192.0.2." + service, "198.51.100." + client, client)).isEqualTo(here);
        }
      }
      maps = used;
    }
  }

  private static Plan randomPlan(Random random) {
    List<Plan.Service> services = new ArrayList<>();
    for (int i = 11; i < 15; i++) {
      if (random.nextInt(4) > 0) {
        Plan.Route[] routes = new Plan.Route[random.nextInt(3)];
        for (int r = 0; r < routes.length; r++) {
          routes[r] = route("198.51.100." + 8 * r, 29, randomGroup(random));
        }
        services.add(tcp("s" + i, "192.0.2." + i, randomGroup(random), routes));
      }
    }
    if (random.nextBoolean()) {
      services.add(wildcard("all", randomGroup(random)));
    }
    return plan(services.toArray(Plan.Service[]::new));
  }

  private static Plan withOtherWeights(Plan plan, Random random) {
    return plan(
        plan.services().stream()
            .map(
                service ->
                    new Plan.Service(
                        service.name(),
                        service.address(),
                        service.port(),
                        service.protocol(),
                        service.selection(),
                        withOtherWeights(service.group(), random),
                        service.routes().stream()
                            .map(
                                route ->
                                    new Plan.Route(
                                        route.source(), withOtherWeights(route.group(), random)))
                            .toList(),
                        service.idleTimeout()))
            .toArray(Plan.Service[]::new));
  }

  private static Plan.Group withOtherWeights(Plan.Group group, Random random) {
    return random.nextBoolean()
        ? group
        : new Plan.Group(
            group.backends().stream()
                .map(backend -> new Plan.Weighted(backend.endpoint(), random.nextInt(3)))
                .toList());
  }

  private static Plan.Group randomGroup(Random random) {
    List<Plan.Weighted> backends = new ArrayList<>();
    for (int i = 1; i <= random.nextInt(14); i++) {
      backends.add(backend("10.0.0." + i, random.nextInt(3)));
    }
    return new Plan.Group(backends);
  }
}
