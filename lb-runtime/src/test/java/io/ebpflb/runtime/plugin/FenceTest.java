package io.ebpflb.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.api.Backend;
import io.ebpflb.api.BackendView;
import io.ebpflb.api.CheckResult;
import io.ebpflb.api.Extension.Kind;
import io.ebpflb.api.HealthChecker;
import io.ebpflb.api.NoConfig;
import io.ebpflb.api.TargetResolver;
import io.ebpflb.api.WeightModifier;
import io.ebpflb.runtime.net.TlsHandlers;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus.State;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plugins that misbehave in every way they can, loaded from JARs. */
class FenceTest {
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofSeconds(5);

  @TempDir Path temporary;
  private Path plugins;
  private PluginHost host;

  @BeforeEach
  void makeFolder() throws IOException {
    plugins = Files.createDirectory(temporary.resolve("plugins"));
  }

  @AfterEach
  void close() {
    if (host != null) {
      host.close();
    }
  }

  private void start() throws IOException {
    Path copies = Files.createDirectory(temporary.resolve("copies"));
    host = PluginHost.load(plugins, copies, "1.0.0", TlsHandlers.withSystemTrust());
    host.start(Map.of());
  }

  private HealthChecker checker(String name) {
    return host.healthChecker(
        host.catalog().find(Kind.HEALTH_CHECKER, name).orElseThrow(), new NoConfig());
  }

  /** As the metric shows them, by plugin. */
  private Map<String, Double> failures() {
    return host.metrics().stream()
        .filter(family -> family.name().equals("lb_plugin_failures"))
        .flatMap(family -> family.series().stream())
        .collect(Collectors.toMap(each -> each.labelValues().get(0), MetricFamily.Series::value));
  }

  private String reason(String id) {
    return host.plugins().stream()
        .filter(status -> status.id().equals(id))
        .map(PluginStatus::reason)
        .findFirst()
        .orElseThrow();
  }

  private void write(String name, String expression) {
    PluginJarFixture.checker(name, name, expression).write(plugins.resolve(name + ".jar"));
  }

  private void writeBody(String id, String members) {
    PluginJarFixture.plugin(id, "1.0.0").body(members).write(plugins.resolve(id + ".jar"));
  }

  private static Backend backend(int port) {
    return Backend.of("web", InetAddress.getLoopbackAddress(), port);
  }

  private static CheckResult check(HealthChecker checker, Duration timeout) throws Exception {
    return checker.check(backend(80), timeout).get(10, TimeUnit.SECONDS);
  }

  private static void waitFor(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "throw new IllegalStateException(\"boom\");   | IllegalStateException: boom",
        "throw new StackOverflowError();              | StackOverflowError",
        "throw new OutOfMemoryError(\"pretended\");   | OutOfMemoryError: pretended",
        "throw new NoClassDefFoundError(\"a/B\");     | NoClassDefFoundError: a/B",
        "throw new IllegalStateException() { public String getMessage() { throw this; } }; | fixture.FixturePlugin$1",
        "return null;                                 | it answered null",
        "return CompletableFuture.completedFuture(null); | it answered null",
        "return CompletableFuture.failedFuture(new java.io.IOException(\"refused\")); | refused",
        "return CompletableFuture.failedFuture(new CompletionException(new Error(\"e\"))); | Error: e",
        "return new CompletableFuture<>();            | no answer within 200ms",
      })
  void turnsFailuresIntoFailedChecks(String statements, String detail) throws Exception {
    writeBody(
        "bad",
        "static CompletableFuture<CheckResult> f() { "
            + statements
            + " } public List<Extension<?>> extensions() { return List.of(Extension.healthChecker("
            + "\"bad\", NoConfig.class, (c, x) -> (backend, timeout) -> f())); }");
    start();

    CheckResult result = check(checker("bad"), SHORT);

    assertThat(result.isPassed()).isFalse();
    assertThat(result.detail()).isEqualTo(detail);
    assertThat(result.detail().getClass().getClassLoader()).isNull();
  }

  @Test
  void countsFailures() throws Exception {
    write("bad", "{ throw new IllegalStateException(\"boom\"); }");
    start();
    HealthChecker checker = checker("bad");

    check(checker, LONG);
    check(checker, LONG);

    assertThat(failures()).containsEntry("bad", 2.0).containsEntry("builtin", 0.0);
  }

  @Test
  void completesOnAThreadOfTheRuntime() throws Exception {
    write("good", "CompletableFuture.supplyAsync(() -> CheckResult.passed(\"fine\"))");
    start();

    String thread =
        checker("good")
            .check(backend(80), LONG)
            .thenApply(result -> Thread.currentThread().getName())
            .get(10, TimeUnit.SECONDS);

    assertThat(thread).isIn("lb-plugins", Thread.currentThread().getName());
  }

  @Test
  void aSleeperBlocksNoOther() throws Exception {
    write(
        "sleeper",
        "{ while (true) { try { Thread.sleep(60_000); } catch (InterruptedException e) { } } }");
    write("good", "CompletableFuture.completedFuture(CheckResult.passed(\"fine\"))");
    start();
    HealthChecker sleeper = checker("sleeper");

    assertThat(check(sleeper, SHORT).detail()).isEqualTo("no answer within 200ms");
    // Time on the thread begins when it turns to a check: later than the check's, or too late.
    waitFor(
        () -> {
          sleeper.check(backend(80), SHORT);
          return !reason("sleeper").isEmpty();
        });
    assertThat(check(checker("good"), LONG).detail()).isEqualTo("fine");
    assertThatThrownBy(() -> sleeper.check(backend(81), LONG).get(1, TimeUnit.SECONDS))
        .cause()
        .hasMessageStartingWith("its thread has been busy for ")
        .hasMessageEndingWith("s with check of 127.0.0.1:80")
        .matches(failure -> !((ExtensionException) failure).wasAsked());
    assertThat(check(sleeper, LONG).detail()).isEqualTo("the check before has not ended");
    assertThat(reason("sleeper")).startsWith("sleeper: its thread has been busy");
  }

  @Test
  void interruptsWhatTakesTooLong() throws Exception {
    write(
        "sleeper",
        "{ try { Thread.sleep(60_000); } catch (InterruptedException e) { }"
            + " return CompletableFuture.completedFuture(CheckResult.passed(\"late\")); }");
    start();
    HealthChecker sleeper = checker("sleeper");

    assertThat(check(sleeper, SHORT).isPassed()).isFalse();

    waitFor(() -> host.plugins().get(0).reason().isEmpty());
  }

  @Test
  void cancelsOnThePluginsThreadWhatIsLate() throws Exception {
    writeBody(
        "late",
        "static volatile String cancelledOn = \"nowhere\";"
            + "static CompletableFuture<CheckResult> f() {"
            + " if (!cancelledOn.equals(\"nowhere\")) {"
            + "  return CompletableFuture.completedFuture(CheckResult.passed(cancelledOn)); }"
            + " CompletableFuture<CheckResult> f = new CompletableFuture<>();"
            + " f.whenComplete((v, t) -> cancelledOn = Thread.currentThread().getName());"
            + " return f; }"
            + "public List<Extension<?>> extensions() { return List.of(Extension.healthChecker("
            + "\"late\", NoConfig.class, (c, x) -> (backend, timeout) -> f())); }");
    start();
    HealthChecker late = checker("late");

    assertThat(check(late, SHORT).detail()).isEqualTo("no answer within 200ms");

    waitFor(() -> late.check(backend(81), LONG).join().detail().equals("plugin-late"));
  }

  @Test
  void refusesSettingsWithThePluginsWords() throws Exception {
    writeBody(
        "strict",
        "public List<Extension<?>> extensions() { return List.of(Extension.healthChecker("
            + "\"strict\", NoConfig.class, (c, x) -> {"
            + " throw new IllegalArgumentException(\"no path given\"); })); }");
    start();

    assertThatThrownBy(() -> checker("strict"))
        .isInstanceOf(ExtensionException.class)
        .hasMessage("health checker \"strict\" of plugin \"strict\" cannot be made: no path given")
        .hasNoCause();
  }

  @Test
  void failsResolutionsWithText() throws Exception {
    writeBody(
        "names",
        "public List<Extension<?>> extensions() { return List.of(Extension.targetResolver("
            + "\"names\", NoConfig.class, (c, x) -> () -> CompletableFuture.completedFuture("
            + "Resolution.of(List.of(), Duration.ZERO)))); }");
    start();
    TargetResolver resolver =
        host.targetResolver(
            host.catalog().find(Kind.TARGET_RESOLVER, "names").orElseThrow(), new NoConfig());

    assertThatThrownBy(() -> resolver.resolve().get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(ExtensionException.class)
        .hasMessage("its answer is valid for PT0S, not above zero");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "new double[0]            | it gave 0 factors for 1 backends",
        "new double[] {-1}        | its factor for 127.0.0.1:80 is -1.0",
        "new double[] {0.0 / 0}   | its factor for 127.0.0.1:80 is NaN",
        "new double[] {1.0 / 0}   | its factor for 127.0.0.1:80 is Infinity",
        "null                     | it answered null",
      })
  void guardsFactors(String expression, String message) throws Exception {
    writeBody(
        "factors",
        "public List<Extension<?>> extensions() { return List.of(Extension.weightModifier("
            + "\"factors\", NoConfig.class, (c, x) -> group -> "
            + expression
            + ")); }");
    start();
    WeightModifier modifier =
        host.weightModifier(
            host.catalog().find(Kind.WEIGHT_MODIFIER, "factors").orElseThrow(), new NoConfig());

    assertThatThrownBy(() -> modifier.factors(List.of(new FixedView(backend(80)))))
        .isInstanceOf(ExtensionException.class)
        .hasMessage(message);
  }

  @Test
  void aFailedAgentStopsItsOwnPluginAlone() throws Exception {
    writeBody(
        "agent",
        "public List<Extension<?>> extensions() { return List.of("
            + "Extension.agent(\"agent\", NoConfig.class,"
            + " (c, x) -> { throw new IllegalStateException(\"no licence\"); }),"
            + "Extension.healthChecker(\"lost\", NoConfig.class, (c, x) -> null)); }");
    write("good", "CompletableFuture.completedFuture(CheckResult.passed(\"fine\"))");
    start();

    assertThat(host.plugins())
        .extracting(PluginStatus::state)
        .containsExactly(State.FAILED, State.STARTED);
    assertThat(check(checker("good"), LONG).isPassed()).isTrue();
    assertThatThrownBy(() -> checker("lost"))
        .hasMessage(
            "plugin \"agent\" does not run: agent \"agent\" of plugin \"agent\" cannot be made:"
                + " IllegalStateException: no licence");
  }

  @Test
  void runsPeriodicTasksThroughFailuresUntilClosed() throws Exception {
    writeBody(
        "timer",
        "static int runs; public List<Extension<?>> extensions() { return List.of("
            + "Extension.agent(\"timer\", NoConfig.class, (c, x) -> {"
            + " x.every(Duration.ofMillis(10), () -> { x.replan(); runs++;"
            + " throw new IllegalStateException(\"run \" + runs); });"
            + " return new Agent() { }; })); }");
    start();
    AtomicInteger replans = new AtomicInteger();
    host.onReplan(replans::incrementAndGet);

    waitFor(() -> replans.get() >= 3);
    host.close();
    int atEnd = replans.get();

    assertThat(failures().get("timer")).isGreaterThanOrEqualTo(2);
    Thread.sleep(50);
    assertThat(replans).hasValue(atEnd);
  }

  @Test
  void closesWhatItMadeOnce() throws Exception {
    writeBody(
        "closing",
        "public List<Extension<?>> extensions() { return List.of("
            + "Extension.agent(\"closing\", NoConfig.class, (c, x) -> new Agent() {"
            + " public void close() { System.setProperty(\"fence.test.closed\","
            + " System.getProperty(\"fence.test.closed\", \"\") + \"x\"); } })); }");
    Path copies = Files.createDirectory(temporary.resolve("copies"));
    host = PluginHost.load(plugins, copies, "1.0.0", TlsHandlers.withSystemTrust());
    host.start(Map.of());
    try {
      host.close();
      host.close();

      assertThat(System.getProperty("fence.test.closed")).isEqualTo("x");
    } finally {
      System.clearProperty("fence.test.closed");
    }
  }

  @Test
  void answersWhatIsUnderWayWhenItCloses() throws Exception {
    write("silent", "new CompletableFuture<>()");
    start();
    HealthChecker silent = checker("silent");
    CompletableFuture<CheckResult> underWay = silent.check(backend(80), Duration.ofMinutes(1));

    host.close();

    assertThatThrownBy(() -> underWay.get(1, TimeUnit.SECONDS))
        .hasMessageContaining("the plugin is being closed");
    assertThatThrownBy(() -> check(silent, LONG)).hasMessageContaining("it is closed");
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("plugin-silent");
  }

  private record FixedView(Backend backend) implements BackendView {
    @Override
    public double configuredWeight() {
      return 1;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public boolean isHealthy() {
      return true;
    }

    @Override
    public long activeFlows() {
      return 0;
    }

    @Override
    public long openedFlows() {
      return 0;
    }

    @Override
    public long refusedConnections() {
      return 0;
    }

    @Override
    public long unansweredConnections() {
      return 0;
    }

    @Override
    public long answeredFlows() {
      return 0;
    }
  }
}
