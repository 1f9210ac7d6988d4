package io.ebpflb.runtime.service;

import static io.ebpflb.runtime.service.TestServices.check;
import static io.ebpflb.runtime.service.TestServices.route;
import static io.ebpflb.runtime.service.TestServices.service;
import static io.ebpflb.runtime.service.TestServices.target;
import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.BackendView;
import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.config.Configuration.Target;
import io.ebpflb.runtime.dataplane.MemoryDataPlane;
import io.ebpflb.runtime.dataplane.Plan;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever happens in whatever order, the weights in force are those that a few lines of arithmetic
 * name, the data plane holds them, and looking again changes nothing. Reloads are among what
 * happens: they take targets away, bring them back, and give them other weights and checks.
 */
class WeightsModelTest extends ServicesFixture {
  private static final int STEPS = 150;

  /** Enough for three checks of each backend and for those that left to be gone. */
  private static final Duration SETTLED = Duration.ofSeconds(3);

  /** Of which each group has some. */
  private static final List<String> ADDRESSES =
      List.of("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4");

  private static final double[] WEIGHTS = {50, 30, 0.5, 0};

  /** What the model knows of a backend; what the operator said of it outlives its absence. */
  private static final class Backend {
    private double configured;
    private boolean isChecked = true;
    private AdminState admin = AdminState.READY;
    private OptionalDouble override = OptionalDouble.empty();
    private ForcedHealth forced = ForcedHealth.AUTO;
    private boolean isBroken;
    private double factor = 1;
  }

  private final MemoryDataPlane maps = new MemoryDataPlane();
  private final Map<String, Backend> model = new LinkedHashMap<>();
  private List<String> defaultMembers = ADDRESSES.subList(0, 3);
  private List<String> routeMembers = ADDRESSES.subList(2, 4);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void weightsInForceAreTheModels(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < WEIGHTS.length; i++) {
      Backend backend = new Backend();
      backend.configured = WEIGHTS[i];
      model.put(ADDRESSES.get(i), backend);
    }
    extensions.modifier = this::factors;
    start(web());
    for (int step = 0; step < STEPS; step++) {
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        change(random);
      }
      loop.advance(SETTLED);
      String when = "seed " + seed + ", step " + step;
      assertThat(weights(defaultGroup())).as(when).isEqualTo(expected(defaultMembers));
      assertThat(weights(routeGroup())).as(when).isEqualTo(expected(routeMembers));

      int applied = dataPlane.applied.size();
      reconciler.factsChanged("web");
      loop.advance(Reconciler.COALESCE);
      assertThat(dataPlane.applied).as(when).hasSize(applied);

      maps.apply(dataPlane.inForce());
      assertMapsHold(defaultGroup(), "198.51.100.", random);
      assertMapsHold(routeGroup(), "192.168.7.", random);
    }
  }

  private void change(SplittableRandom random) {
    List<String> present =
        Stream.concat(defaultMembers.stream(), routeMembers.stream()).distinct().toList();
    String name = present.get(random.nextInt(present.size()));
    Backend backend = model.get(name);
    switch (random.nextInt(6)) {
      case 0 -> {
        backend.isBroken = !backend.isBroken;
        if (backend.isBroken) {
          extensions.checker.broken.add(name + ":8080");
        } else {
          extensions.checker.broken.remove(name + ":8080");
        }
      }
      case 1 -> {
        backend.admin = pick(AdminState.values(), random);
        operations.setAdminState("web", name + ":8080", backend.admin, Optional.empty());
      }
      case 2 -> {
        backend.override =
            random.nextBoolean()
                ? OptionalDouble.empty()
                : OptionalDouble.of(random.nextInt(3) * 2.5);
        operations.setWeight("web", name + ":8080", backend.override);
      }
      case 3 -> {
        backend.forced = pick(ForcedHealth.values(), random);
        operations.forceHealth("web", name + ":8080", backend.forced);
      }
      case 4 -> reload(random);
      default -> {
        backend.factor = random.nextInt(3) / 2.0;
        reconciler.factsChanged();
      }
    }
  }

  private void reload(SplittableRandom random) {
    defaultMembers = some(random);
    routeMembers = some(random);
    Backend changed = model.get(ADDRESSES.get(random.nextInt(ADDRESSES.size())));
    changed.configured = WEIGHTS[random.nextInt(WEIGHTS.length)];
    changed.isChecked = random.nextInt(4) > 0;
    assertThat(replace(false, web())).isCompleted();
  }

  private static List<String> some(SplittableRandom random) {
    int chosen = 1 + random.nextInt((1 << ADDRESSES.size()) - 1);
    return ADDRESSES.stream().filter(each -> (chosen >> ADDRESSES.indexOf(each) & 1) == 1).toList();
  }

  private static <T> T pick(T[] values, SplittableRandom random) {
    return values[random.nextInt(values.length)];
  }

  /** The rules, said once more and plainly. */
  private Map<String, Double> expected(List<String> group) {
    Map<String, Double> full = new LinkedHashMap<>();
    Map<String, Double> configured = new LinkedHashMap<>();
    for (String name : group) {
      Backend backend = model.get(name);
      boolean isUp =
          backend.forced == ForcedHealth.AUTO
              ? !(backend.isBroken && backend.isChecked)
              : backend.forced == ForcedHealth.UP;
      double weight = backend.override.orElse(backend.configured);
      double gated = backend.admin == AdminState.READY ? weight : 0;
      configured.put(name, gated);
      full.put(name, isUp ? gated * backend.factor : 0);
    }
    boolean isNothingLeft = full.values().stream().allMatch(weight -> weight == 0);
    return isNothingLeft ? configured : full;
  }

  private void assertMapsHold(Plan.Group group, String clients, SplittableRandom random) {
    Map<String, Double> weights = weights(group);
    boolean isEmpty = weights.values().stream().allMatch(weight -> weight == 0);
    for (int i = 0; i < 20; i++) {
      Optional<Plan.Endpoint> chosen =
          maps.select(
              TestServices.address("203.0.113.10"),
              80,
              Protocol.TCP,
              TestServices.address(clients + (1 + random.nextInt(250))),
              1 + random.nextInt(65_535));
      assertThat(chosen.isEmpty()).isEqualTo(isEmpty);
      chosen.ifPresent(
          endpoint -> assertThat(weights.get(endpoint.address().getHostAddress())).isPositive());
    }
  }

  private Plan.Group defaultGroup() {
    return dataPlane.inForce().services().get(0).group();
  }

  private Plan.Group routeGroup() {
    return dataPlane.inForce().services().get(0).routes().get(0).group();
  }

  private static Map<String, Double> weights(Plan.Group group) {
    Map<String, Double> weights = new LinkedHashMap<>();
    group
        .backends()
        .forEach(each -> weights.put(each.endpoint().address().getHostAddress(), each.weight()));
    return weights;
  }

  private double[] factors(List<BackendView> group) {
    return group.stream()
        .mapToDouble(view -> model.get(view.backend().address().getHostAddress()).factor)
        .toArray();
  }

  private Configuration.Service web() {
    return TestServices.withModifier(
        service(
            "web",
            Optional.of(check(2, 2)),
            targets(defaultMembers).toList(),
            route("192.168.0.0", 16, targets(routeMembers).toArray(Target[]::new))));
  }

  private Stream<Target> targets(List<String> members) {
    return members.stream()
        .map(
            name -> {
              Backend backend = model.get(name);
              return backend.isChecked
                  ? target(name, backend.configured)
                  : target(name, backend.configured, Optional.empty());
            });
  }
}
