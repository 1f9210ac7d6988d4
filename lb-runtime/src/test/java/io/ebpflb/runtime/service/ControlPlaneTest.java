package io.ebpflb.runtime.service;

import static io.ebpflb.runtime.service.TestServices.service;
import static io.ebpflb.runtime.service.TestServices.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.config.Configuration.AdminSettings;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.dataplane.DataPlaneException;
import io.ebpflb.runtime.dataplane.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real threads, with fakes around them. */
class ControlPlaneTest {
  private static final HealthCheck QUICK =
      new HealthCheck(
          TestServices.CHECKER,
          OptionalInt.empty(),
          Duration.ofMillis(100),
          Duration.ofMillis(100),
          1,
          1,
          Duration.ZERO);

  @TempDir private Path directory;
  private final FakeDataPlane dataPlane = new FakeDataPlane();
  private final FakeExtensions extensions = new FakeExtensions();
  private final AtomicLong lastFailureNanos = new AtomicLong();

  private void start(ControlPlane control) {
    control.begin(dataPlane);
    control.awaitFirstPlan();
  }

  @Test
  void startReturnsWithThePlanInForce() {
    try (ControlPlane control = control(web())) {
      start(control);

      assertThat(dataPlane.inForce().services()).hasSize(1);
      assertThat(control.services().get(0).backends()).hasSize(2);
      assertThat(control.problem()).isEmpty();
    }
  }

  @Test
  void aRefusedFirstPlanIsThrownAsItIs() {
    dataPlane.refusal = new DataPlaneException("no room");
    try (ControlPlane control = control(web())) {
      assertThatThrownBy(() -> start(control)).isSameAs(dataPlane.refusal);
    }
  }

  @Test
  void aVerdictReachesTheDataPlaneAndComesBack() {
    try (ControlPlane control = control(web())) {
      start(control);
      extensions.checker.broken.add("10.0.0.1:8080");
      await(() -> weight("10.0.0.1") == 0);
      long tookMillis = (System.nanoTime() - lastFailureNanos.get()) / 1_000_000;
      assertThat(tookMillis).isLessThan(500);

      extensions.checker.broken.clear();
      await(() -> weight("10.0.0.1") == 50);
    }
  }

  @Test
  void nothingIsAppliedAfterClose() {
    ControlPlane control = control(web());
    start(control);
    control.close();
    int applied = dataPlane.attempts;

    control.replan();
    control.close();

    assertThat(dataPlane.attempts).isEqualTo(applied);
  }

  @Test
  void fourThousandServicesArePlanned() {
    List<Configuration.Service> many = new ArrayList<>();
    for (int i = 0; i < 4096; i++) {
      String net = "10." + (i >> 8) + "." + (i & 255) + ".";
      many.add(
          service(
              "s" + i,
              Optional.empty(),
              List.of(target(net + 1, 1), target(net + 2, 1), target(net + 3, 1))));
    }
    try (ControlPlane control = control(many.toArray(Configuration.Service[]::new))) {
      start(control);
      assertThat(dataPlane.inForce().services()).hasSize(4096);
    }
  }

  @Test
  void whatTheOperatorSaidSurvivesARestart() {
    try (ControlPlane control = control(web())) {
      start(control);
      Operations operations = control.operations();
      operations
          .setAdminState("web", "10.0.0.1:8080", AdminState.DRAIN, Optional.empty())
          .orTimeout(10, TimeUnit.SECONDS)
          .join();
      operations
          .setWeight("web", "10.0.0.2:8080", OptionalDouble.of(7))
          .orTimeout(10, TimeUnit.SECONDS)
          .join();
    }

    try (ControlPlane control = control(web())) {
      start(control);
      assertThat(weight("10.0.0.1")).isZero();
      assertThat(weight("10.0.0.2")).isEqualTo(7);
    }
  }

  @Test
  void aStateFileThatCannotBeWrittenIsSaidButTheChangeIsInForce() throws IOException {
    Files.writeString(directory.resolve("state"), "a file where a directory should be");
    try (ControlPlane control = control(web())) {
      start(control);
      assertThatThrownBy(
              () ->
                  control
                      .operations()
                      .setAdminState("web", "10.0.0.1:8080", AdminState.DRAIN, Optional.empty())
                      .orTimeout(10, TimeUnit.SECONDS)
                      .join())
          .hasCauseInstanceOf(OperationException.class)
          .hasMessageContaining("in force, but it would be lost at a restart");
      assertThat(weight("10.0.0.1")).isZero();
    }
  }

  private Path stateFile() {
    return directory.resolve("state/lb.json");
  }

  private ControlPlane control(Configuration.Service... services) {
    Configuration configuration =
        new Configuration(
            Path.of("lb.toml"),
            null,
            AdminSettings.of(Optional.empty(), directory.resolve("lb.sock"), stateFile()),
            null,
            null,
            null,
            List.of(services),
            Map.of());
    return new ControlPlane(
        configuration,
        extensions,
        (backend, result, latency) -> {
          if (!result.isPassed()) {
            lastFailureNanos.set(System.nanoTime());
          }
        });
  }

  private static Configuration.Service web() {
    return service(
        "web", Optional.of(QUICK), List.of(target("10.0.0.1", 50), target("10.0.0.2", 50)));
  }

  private double weight(String address) {
    return dataPlane.inForce().services().get(0).group().backends().stream()
        .filter(b -> b.endpoint().equals(TestServices.endpoint(address)))
        .mapToDouble(Plan.Weighted::weight)
        .sum();
  }

  private static void await(BooleanSupplier condition) {
    long deadlineNanos = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadlineNanos);
      Thread.onSpinWait();
    }
  }
}
