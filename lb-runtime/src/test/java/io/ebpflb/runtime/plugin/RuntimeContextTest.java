package io.ebpflb.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.api.Backend;
import io.ebpflb.api.Event;
import io.ebpflb.api.KeptState.Kept;
import io.ebpflb.api.OperationResult;
import io.ebpflb.api.PluginContext.Registration;
import io.ebpflb.api.Role;
import io.ebpflb.runtime.plugin.MetricFamily.Series;
import io.ebpflb.runtime.plugin.MetricFamily.Type;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What plugins are given, and that it is taken back. */
class RuntimeContextTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Backend FIRST = Backend.of("web", InetAddress.getLoopbackAddress(), 1);
  private static final Backend SECOND = Backend.of("web", InetAddress.getLoopbackAddress(), 2);

  record Args(int number) {}

  @TempDir Path temporary;
  private final ScheduledExecutorService timers = Executors.newScheduledThreadPool(1);
  private final EventHub events = new EventHub();
  private final MetricRegistry metrics = new MetricRegistry();
  private final OperationTable operations = new OperationTable();
  private final KeptStates states = new KeptStates(timers);
  private final List<String> refreshed = new ArrayList<>();
  private final List<PluginThread> threads = new ArrayList<>();

  private RuntimeContext context(String pluginId) {
    PluginThread thread = new PluginThread(pluginId, getClass().getClassLoader());
    threads.add(thread);
    Fence fence = new Fence(thread, timers, () -> {});
    return new RuntimeContext(
        pluginId,
        thread,
        fence,
        null,
        new RuntimeContext.Services(
            timers, events, metrics, operations, states, () -> {}, refreshed::add),
        new FailureLog("", fence.conduct()));
  }

  @AfterEach
  void close() {
    threads.forEach(thread -> thread.close(Duration.ofSeconds(1)));
    timers.shutdownNow();
  }

  /** Waits until everything that was handed to the plugins' threads before has run. */
  private void settle() throws InterruptedException {
    CountDownLatch settled = new CountDownLatch(threads.size());
    threads.forEach(thread -> thread.execute(settled::countDown));
    assertThat(settled.await(10, TimeUnit.SECONDS)).isTrue();
  }

  private void publish(Event event) throws InterruptedException {
    events.publish(event);
    settle();
  }

  @Test
  void tellsWhatIsSoAndThenWhatChanges() throws Exception {
    publish(new Event.BackendAdded(NOW, FIRST, false));
    publish(new Event.HealthChanged(NOW, FIRST, false, "HTTP 503", false));
    publish(new Event.BackendAdded(NOW, SECOND, false));
    publish(new Event.BackendRemoved(NOW, SECOND));
    List<Event> seen = Collections.synchronizedList(new ArrayList<>());
    RuntimeContext context = context("a");

    Registration registration = context.on(Event.class, seen::add);
    settle();
    settle();
    publish(new Event.WeightChanged(NOW, FIRST, 1, 0));

    assertThat(seen)
        .containsExactly(
            new Event.BackendAdded(NOW, FIRST, true),
            new Event.HealthChanged(NOW, FIRST, false, "HTTP 503", true),
            new Event.WeightChanged(NOW, FIRST, 1, 0));
    registration.close();
    publish(new Event.BackendRemoved(NOW, FIRST));
    assertThat(seen).hasSize(3);
  }

  @Test
  void tellsEachListenerOnlyWhatItAskedFor() throws Exception {
    List<Event> seen = Collections.synchronizedList(new ArrayList<>());
    RuntimeContext context = context("a");
    context.on(Event.Announced.class, seen::add);

    assertThat(events.isWanted(Event.ConnectFailures.class)).isFalse();
    assertThat(events.isWanted(Event.Announced.class)).isTrue();
    publish(new Event.BackendRemoved(NOW, FIRST));
    context("b").announce("circuit-opened", "web/x", "3 of 4\nfailed");
    settle();

    assertThat(seen).hasSize(1);
    Event.Announced announced = (Event.Announced) seen.get(0);
    assertThat(announced.plugin()).isEqualTo("b");
    assertThat(announced.detail()).isEqualTo("3 of 4 failed");
    assertThatThrownBy(() -> context.announce("Not Kebab", "", ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void losesAndCountsWhatASlowListenerCannotTake() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    RuntimeContext context = context("slow");
    List<Event> seen = Collections.synchronizedList(new ArrayList<>());
    threads.get(0).execute(() -> awaitQuietly(release));
    context.on(Event.class, seen::add);

    for (int i = 0; i < EventListener.WAITING_MAX + 5; i++) {
      events.publish(new Event.BackendRemoved(NOW, FIRST));
    }

    assertThat(context.lostEvents()).isEqualTo(5);
    release.countDown();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (seen.size() < EventListener.WAITING_MAX && System.nanoTime() < deadline) {
      settle();
    }
    assertThat(seen).hasSize(EventListener.WAITING_MAX);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void goesOnAfterAHandlerThrew() throws Exception {
    List<Event> seen = Collections.synchronizedList(new ArrayList<>());
    context("a")
        .on(
            Event.class,
            event -> {
              seen.add(event);
              throw new IllegalStateException("boom");
            });

    publish(new Event.BackendRemoved(NOW, FIRST));
    publish(new Event.BackendRemoved(NOW, FIRST));

    assertThat(seen).hasSize(2);
  }

  @Test
  void showsMetricsUnderThePluginsName() {
    RuntimeContext context = context("circuit-breaker");
    context.metrics().counter("trips_total", "How often", "service").add(2, "web");
    context.metrics().counter("trips_total", "How often", "service").add(1, "web");
    context.metrics().gauge("state", "Now").set(0.5);
    context.metrics().histogram("age_seconds", "Ages").observe(0.3);

    assertThat(metrics.read())
        .extracting(MetricFamily::name)
        .containsExactly(
            "lb_circuit_breaker_age_seconds",
            "lb_circuit_breaker_state",
            "lb_circuit_breaker_trips");
    assertThat(metrics.read().get(2))
        .isEqualTo(
            new MetricFamily(
                "lb_circuit_breaker_trips",
                "How often",
                Type.COUNTER,
                List.of("service"),
                List.of(new Series(List.of("web"), 3, List.of()))));
    assertThat(metrics.read().get(0).series().get(0).buckets())
        .containsExactly(0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 1L, 0L, 0L, 0L, 0L);
    context.close();
    assertThat(metrics.read()).isEmpty();
  }

  @Test
  void keepsSeriesThatTheNextGenerationTookOver() {
    RuntimeContext old = context("a");
    old.metrics().gauge("size", "Now", "of").set(1, "x");
    old.metrics().gauge("size", "Now", "of").set(1, "y");
    RuntimeContext next = context("a");
    next.metrics().gauge("size", "Now", "of").set(2, "x");

    old.metrics().gauge("size", "Now", "of").remove("x");
    old.close();

    assertThat(metrics.read().get(0).series())
        .containsExactly(new Series(List.of("x"), 2, List.of()));
    old.metrics().gauge("size", "Now", "of").set(3, "z");
    assertThat(metrics.read().get(0).series()).hasSize(1);
  }

  @Test
  void refusesMetricsThatWouldBreakAReading() {
    RuntimeContext context = context("a");
    context.metrics().gauge("size", "Now", "of");

    assertThatThrownBy(() -> context.metrics().counter("size", "Now", "of"))
        .hasMessage("metric \"lb_a_size\" exists with another type, labels or owner");
    assertThatThrownBy(() -> context.metrics().gauge("Size", "Now"))
        .hasMessage("metric name \"Size\" is not snake_case");
    assertThatThrownBy(() -> context.metrics().gauge("size", "Now", "of").set(1))
        .hasMessage("lb_a_size has 1 labels, not 0");
    assertThatThrownBy(() -> context("backend").metrics().gauge("weight", "Now"))
        .hasMessage("metrics of the plugin \"backend\" would look like the balancer's own");
    assertThatThrownBy(() -> context.metrics().counter("done", "Now").add(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void boundsTheNumberOfSeries() {
    RuntimeContext context = context("a");
    for (int i = 0; i < PluginMetrics.SERIES_MAX + 5; i++) {
      context.metrics().gauge("size", "Now", "of").set(i, "x" + i);
    }

    assertThat(metrics.read().get(0).series()).hasSize(PluginMetrics.SERIES_MAX);
  }

  private Object call(String name, int number) throws Exception {
    return operations
        .find(name)
        .orElseThrow()
        .run()
        .apply(new Args(number))
        .get(10, TimeUnit.SECONDS);
  }

  @Test
  void runsOperationsOnThePluginsThreadUntilItGoes() throws Exception {
    RuntimeContext context = context("a");
    context.operation(
        "count up",
        Args.class,
        Role.OPERATOR,
        args -> OperationResult.done(Thread.currentThread().getName() + " " + args.number()));

    assertThat(((OperationResult) call("count up", 7)).message()).isEqualTo("plugin-a 7");
    assertThat(operations.all())
        .extracting(PluginOperation::name, PluginOperation::plugin, PluginOperation::role)
        .containsExactly(org.assertj.core.api.Assertions.tuple("count up", "a", Role.OPERATOR));
    context.close();
    assertThat(operations.all()).isEmpty();
  }

  @Test
  void tellsTheCallerWhatAnOperationRefuses() {
    context("a")
        .operation(
            "refuse",
            Args.class,
            Role.VIEWER,
            args -> {
              throw new IllegalArgumentException("no circuit " + args.number());
            });

    assertThatThrownBy(() -> call("refuse", 1))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(ExtensionException.class)
        .hasMessage("no circuit 1");
  }

  @Test
  void handsOperationsOnToTheNextGenerationOfTheirPluginAlone() throws Exception {
    RuntimeContext old = context("a");
    old.operation("show", Args.class, Role.VIEWER, args -> OperationResult.done("old"));
    RuntimeContext next = context("a");
    next.operation("show", Args.class, Role.VIEWER, args -> OperationResult.done("new"));

    old.close();

    assertThat(((OperationResult) call("show", 1)).message()).isEqualTo("new");
    assertThatThrownBy(() -> context("b").operation("show", Args.class, Role.VIEWER, args -> null))
        .hasMessage("operation \"show\" belongs to plugin \"a\"");
    assertThatThrownBy(() -> next.operation("Not;words", Args.class, Role.VIEWER, args -> null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keepsStateInMemoryAndThenInAFile() throws Exception {
    RuntimeContext context = context("a");
    context.state().save(new Kept(1, "{}"));
    assertThat(context("a").state().load()).contains(new Kept(1, "{}"));
    assertThat(context("b").state().load()).isEmpty();

    states.keepIn(temporary.resolve("state"));
    context.state().save(new Kept(2, "{\"open\": [1,\n2]}"));
    timers.submit(() -> {}).get(10, TimeUnit.SECONDS);
    KeptStates afterRestart = new KeptStates(timers);
    afterRestart.keepIn(temporary.resolve("state"));

    assertThat(afterRestart.of("a").load()).contains(new Kept(2, "{\"open\": [1,\n2]}"));
    assertThat(afterRestart.of("b").load()).isEqualTo(Optional.empty());
  }

  @Test
  void refusesEverythingAfterItIsClosed() {
    RuntimeContext context = context("a");
    context.close();

    assertThatThrownBy(() -> context.on(Event.class, event -> {}))
        .hasMessage("the plugin is closed");
    assertThatThrownBy(() -> context.operation("x", Args.class, Role.VIEWER, args -> null))
        .hasMessage("the plugin is closed");
    context.refresh();
    assertThat(refreshed).isEmpty();
  }
}
