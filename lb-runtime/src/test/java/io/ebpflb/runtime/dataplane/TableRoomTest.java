package io.ebpflb.runtime.dataplane;

import static io.ebpflb.runtime.dataplane.Plans.group;
import static io.ebpflb.runtime.dataplane.Plans.ip;
import static io.ebpflb.runtime.dataplane.Plans.plan;
import static io.ebpflb.runtime.dataplane.Plans.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.Plan.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A plan whose tables fit is taken, wherever those of the plans before it lie. */
class TableRoomTest {
  private static final int SLOTS = 65_536;
  private static final int BACKENDS_MAX = 160;
  private static final int SERVICES_MAX = 60;
  private static final int PLANS = 200;

  private final MemoryMaps maps =
      new MemoryMaps(MapLimits.of(SERVICES_MAX, 1, SERVICES_MAX * BACKENDS_MAX, SLOTS));
  private final PlanWriter writer = new PlanWriter(maps);

  /** Services by number, with how many backends they have. */
  private final Map<Integer, Integer> services = new TreeMap<>();

  private Plan.Service[] planned() {
    return services.entrySet().stream()
        .map(each -> tcp("s" + each.getKey(), address(each.getKey()), group(0, each.getValue())))
        .toArray(Plan.Service[]::new);
  }

  private static String address(int service) {
    return "192.0.2." + service;
  }

  private int slots() {
    return services.values().stream().mapToInt(TableSize.LEAST::slots).sum();
  }

  /** One service comes, goes, or gets another number of backends. */
  private void change(Random random) {
    int service = 1 + random.nextInt(SERVICES_MAX);
    boolean isLarge = random.nextInt(3) == 0;
    int backends = isLarge ? 1 + random.nextInt(BACKENDS_MAX) : random.nextInt(12);
    if (backends == 0) {
      services.remove(service);
    } else {
      services.put(service, backends);
    }
  }

  /**
   * Tables of all sizes between a half, below which they would all get finer, and three quarters,
   * which leave room for the largest beside them.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void anyHistoryLeavesRoomForWhatFits(int seed) {
    Random random = new Random(seed);
    while (slots() <= SLOTS / 2) {
      change(random);
    }
    for (int i = 0; i < PLANS; i++) {
      Map<Integer, Integer> before = Map.copyOf(services);
      change(random);
      if (slots() <= SLOTS / 2 || slots() > SLOTS - SLOTS / 4) {
        services.clear();
        services.putAll(before);
      }
      writer.apply(plan(planned()));
    }
    assertBehavesAsNew();
  }

  private void assertBehavesAsNew() {
    MemoryMaps fresh = new MemoryMaps(maps.limits());
    new PlanWriter(fresh).apply(plan(planned()));
    assertThat(choices(maps)).isEqualTo(choices(fresh));
  }

  private List<Endpoint> choices(MemoryMaps of) {
    List<Endpoint> chosen = new ArrayList<>();
    for (int service : services.keySet()) {
      for (int port = 1000; port < 1100; port++) {
        Endpoint client = new Endpoint(ip("198.51.100.7"), port);
        Endpoint listener = new Endpoint(ip(address(service)), 80);
        Lookup.Flow flow = new Lookup.Flow(client, listener, Protocol.TCP);
        chosen.add(new Lookup(of).find(flow).orElseThrow().backend().orElseThrow());
      }
    }
    return chosen;
  }

  /** What is free then lies between tables. */
  @Test
  void smallTablesMakeRoomForLargeOnes() {
    for (int service = 1; service <= 48; service++) {
      services.put(service, 2);
    }
    writer.apply(plan(planned()));
    for (int service = 1; service <= 32; service += 2) {
      services.remove(service);
    }
    writer.apply(plan(planned()));
    services.put(49, BACKENDS_MAX);
    services.put(50, BACKENDS_MAX);
    writer.apply(plan(planned()));
    assertThat(slots()).isEqualTo(SLOTS);
    assertBehavesAsNew();
  }

  @Test
  void aFullArenaTakesWhatGetsSmallerAndThenWhatGrowsByIt() {
    for (int service = 1; service <= 3; service++) {
      services.put(service, BACKENDS_MAX);
    }
    services.put(4, 80);
    services.put(5, 80);
    writer.apply(plan(planned()));
    assertThat(slots()).isEqualTo(SLOTS);

    services.put(1, 40);
    writer.apply(plan(planned()));
    assertBehavesAsNew();
    services.put(2, 3);
    services.put(6, BACKENDS_MAX);
    writer.apply(plan(planned()));
    assertBehavesAsNew();
    services.put(7, BACKENDS_MAX);
    assertThatThrownBy(() -> writer.apply(plan(planned())))
        .isInstanceOf(DataPlaneException.class)
        .hasMessageEndingWith("raise max-table-slots in [dataplane]");
    services.remove(7);
    assertBehavesAsNew();
  }
}
