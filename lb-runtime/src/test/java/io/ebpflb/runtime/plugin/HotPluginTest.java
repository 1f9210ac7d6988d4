package io.ebpflb.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.Options;
import io.ebpflb.runtime.dataplane.MemoryDataPlane;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus.State;
import io.ebpflb.runtime.reload.ReloadResult.Outcome;
import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.runtime.service.HealthSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** JARs come, change and go under a balancer that runs; all of it but the kernel is real. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HotPluginTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir private Path directory;
  private Path plugins;
  private LoadBalancer balancer;

  @BeforeEach
  void makeFolder() throws IOException {
    plugins = Files.createDirectory(directory.resolve("plugins"));
  }

  @AfterEach
  void stop() {
    if (balancer != null) {
      balancer.close();
    }
  }

  private void start(String serviceLines, String... more) throws Exception {
    Path file = directory.resolve("lb.toml");
    Files.writeString(file, config(serviceLines, more));
    balancer =
        LoadBalancer.start(
            Options.of(file, plugins).withDataPlane(settings -> new MemoryDataPlane()));
  }

  private String config(String serviceLines, String... more) {
    return """
        [dataplane]
        interfaces = ["eth0"]
        [admin]
        socket = "%s"
        state = "%s"
        [[service]]
        name = "web"
        listen = "203.0.113.10:80"
        %s
        target = [ { address = "10.0.0.1:8080" }, { address = "10.0.0.2:8080" } ]
        %s
        """
        .formatted(
            directory.resolve("lb.sock"),
            directory.resolve("lb.state.json"),
            serviceLines,
            String.join("\n", more));
  }

  /** A weight modifier "scale" that gives each backend this factor. */
  private static PluginJarFixture scale(String version, String factor) {
    return PluginJarFixture.plugin("scale", version)
        .manifest("Plugin-Requires", ">=0.0.1")
        .body(
            "public record Settings(@Default(\"1\") int unused) {}"
                + "public List<Extension<?>> extensions() { return List.of("
                + "Extension.weightModifier(\"scale\", Settings.class, (c, x) -> group ->"
                + " group.stream().mapToDouble(view -> "
                + factor
                + ").toArray())); }");
  }

  private void drop(PluginJarFixture plugin, String file) throws IOException {
    Path part = plugin.write(plugins.resolve(file + ".part"));
    Files.move(part, plugins.resolve(file), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void await(String what, Callable<Boolean> holds) throws Exception {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (!holds.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + SOON.toSeconds() + " s: " + what);
      }
      Thread.sleep(10);
    }
  }

  private List<BackendSnapshot> backends() {
    return balancer.services().get(0).backends();
  }

  private double weight() {
    return backends().get(0).effectiveWeight();
  }

  private List<PluginStatus> statuses() {
    return balancer.plugins();
  }

  private List<String> reasons() {
    return statuses().stream().map(PluginStatus::reason).filter(text -> !text.isEmpty()).toList();
  }

  private double figure(String family, String plugin) {
    return balancer.pluginMetrics().stream()
        .filter(each -> each.name().equals(family))
        .flatMap(each -> each.series().stream())
        .filter(each -> each.labelValues().equals(List.of(plugin)))
        .mapToDouble(MetricFamily.Series::value)
        .sum();
  }

  private Outcome apply(String serviceLines, String... more) {
    return balancer.reloader().apply(config(serviceLines, more), "test").outcome();
  }

  @Test
  void aDroppedJarIsLoadedOnceItIsWhole() throws Exception {
    start("");
    byte[] whole = Files.readAllBytes(scale("1.0.0", "0.5").write(directory.resolve("whole.jar")));
    Path jar = plugins.resolve("scale.jar");

    Files.write(jar, Arrays.copyOf(whole, whole.length / 2));
    await("the half is seen", () -> !statuses().isEmpty());
    assertThat(reasons())
        .containsExactly("scale.jar: not a JAR, or only half of one: zip END header not found");
    Files.write(jar, whole);

    await("it is loaded", () -> statuses().get(0).state() == State.STARTED);
    assertThat(statuses()).hasSize(1);
    assertThat(apply("scale = { }")).isEqualTo(Outcome.APPLIED);
    await("it counts", () -> weight() == 0.5);
  }

  @Test
  void aReplacedJarTakesOverAndTheOldClassesGo() throws Exception {
    drop(scale("1.0.0", "0.5"), "scale.jar");
    start("scale = { }");
    assertThat(weight()).isEqualTo(0.5);

    drop(scale("1.1.0", "0.25"), "scale.jar");

    await("the new one counts", () -> weight() == 0.25);
    await("it is the one", () -> statuses().get(0).version().equals("1.1.0"));
    assertThat(statuses()).hasSize(1);
    await("the old one is stopped", () -> figure("lb_plugin_unloading", "scale") == 1);
    await("its classes are gone", () -> figure("lb_plugin_unloading", "scale") == 0);
    assertThat(figure("lb_plugin_class_loaders_retained", "scale")).isZero();
  }

  @Test
  void aVersionThatTheConfigDoesNotFitIsRefusedAndTheOldOneRunsOn() throws Exception {
    drop(scale("1.0.0", "0.5"), "scale.jar");
    start("scale = { unused = 2 }");

    drop(
        PluginJarFixture.plugin("scale", "2.0.0")
            .manifest("Plugin-Requires", ">=0.0.1")
            .extensions(
                "Extension.weightModifier(\"scale\", NoConfig.class, (c, x) -> group -> null)"),
        "scale.jar");

    await("it is refused", () -> !reasons().isEmpty());
    assertThat(reasons().get(0))
        .startsWith("scale.jar: the config does not fit: ")
        .endsWith("service \"web\" > scale > unused: unknown key");
    assertThat(statuses())
        .extracting(PluginStatus::version, PluginStatus::state)
        .containsExactly(tuple("1.0.0", State.STARTED), tuple("2.0.0", State.FAILED));
    assertThat(weight()).isEqualTo(0.5);

    assertThat(apply("scale = { }")).isEqualTo(Outcome.APPLIED);
    await("it is tried again", () -> statuses().get(0).version().equals("2.0.0"));
  }

  @Test
  void anOlderVersionIsRefused() throws Exception {
    drop(scale("1.1.0", "0.5"), "scale.jar");
    start("scale = { }");

    drop(scale("1.0.0", "0.25"), "scale.jar");

    await("it is refused", () -> !reasons().isEmpty());
    assertThat(reasons())
        .containsExactly(
            "scale.jar: version 1.0.0 is older than 1.1.0, which runs; if you mean it:"
                + " lb plugin reload scale");
    assertThat(weight()).isEqualTo(0.5);
  }

  @Test
  void aRemovedJarIsUnloadedAsSoonAsNoServiceUsesIt() throws Exception {
    drop(scale("1.0.0", "0.5"), "scale.jar");
    start("scale = { }");

    Files.delete(plugins.resolve("scale.jar"));

    await("it is said", () -> !reasons().isEmpty());
    assertThat(reasons())
        .containsExactly("scale.jar was removed, but service \"web\" uses it, so it runs on");
    assertThat(weight()).isEqualTo(0.5);
    assertThat(apply("")).isEqualTo(Outcome.APPLIED);
    await("it is gone", () -> statuses().isEmpty());
    await("its classes are gone", () -> figure("lb_plugin_unloading", "scale") == 0);
  }

  @Test
  void aPluginThatIsUnloadedInUseLeavesItsLastAnswers() throws Exception {
    drop(
        PluginJarFixture.plugin("both", "1.0.0")
            .manifest("Plugin-Requires", ">=0.0.1")
            .body(
                "public record Name(String name) {}"
                    + "public List<Extension<?>> extensions() { return List.of("
                    + "Extension.healthChecker(\"odd\", NoConfig.class, (c, x) -> (b, t) ->"
                    + " CompletableFuture.completedFuture(b.port() % 2 == 0"
                    + " ? CheckResult.passed(\"even\") : CheckResult.failed(\"odd\"))),"
                    + "Extension.targetResolver(\"names\", Name.class, (c, x) -> () ->"
                    + " CompletableFuture.completedFuture(Resolution.of(List.of("
                    + "new Resolution.Entry(Endpoints.parse(\"10.0.0.1:80\").getAddress(), 80, 1),"
                    + "new Resolution.Entry(Endpoints.parse(\"10.0.0.1:80\").getAddress(), 81, 1)),"
                    + " Duration.ofSeconds(1))))); }"),
        "both.jar");
    String lines =
        "health-check = { type = \"odd\", interval = \"100ms\", timeout = \"100ms\", fall = 1 }";
    String names = "target = [ { resolver = \"names\", name = \"x\" } ]";
    Path file = directory.resolve("lb.toml");
    String text =
        config(lines, "[plugins]", "on-removal = \"unload\"").replaceAll("target = .*", names);
    Files.writeString(file, text);
    balancer =
        LoadBalancer.start(
            Options.of(file, plugins).withDataPlane(settings -> new MemoryDataPlane()));
    await("the odd one is down", () -> states().equals(List.of("UP", "DOWN")));

    Files.delete(plugins.resolve("both.jar"));

    await("it is unloaded", () -> statuses().get(0).state() == State.REMOVED);
    assertThat(reasons())
        .containsExactly(
            "both.jar was removed, but service \"web\" uses it and goes on with its last answers");
    await("nothing is checked any more", this::noCheckEndsForThreeIntervals);
    await("the resolver is missed", () -> problems().toString().contains("both.jar was removed"));
    assertThat(states()).containsExactly("UP", "DOWN");
    assertThat(balancer.reloader().apply(text + "\n", "test").problems().get(0))
        .contains("no plugin provides \"odd\"")
        .contains("cannot be used: both.jar was removed");
    assertThat(states()).containsExactly("UP", "DOWN");
  }

  private boolean noCheckEndsForThreeIntervals() throws InterruptedException {
    long before = checks();
    Thread.sleep(300);
    return checks() == before;
  }

  private long checks() {
    return backends().stream()
        .map(BackendSnapshot::health)
        .mapToLong(health -> health.passedChecks() + health.failedChecks())
        .sum();
  }

  private List<String> problems() {
    return balancer.services().get(0).problems();
  }

  private List<String> states() {
    return backends().stream()
        .map(BackendSnapshot::health)
        .map(HealthSnapshot::state)
        .map(Enum::name)
        .toList();
  }

  @Test
  void otherSettingsOfAPluginMakeItAnew() throws Exception {
    drop(
        PluginJarFixture.plugin("scale", "1.0.0")
            .manifest("Plugin-Requires", ">=0.0.1")
            .body(
                "public record Own(@Default(\"0.5\") double factor) {}"
                    + "public Class<? extends Record> config() { return Own.class; }"
                    + "public List<Extension<?>> extensions() { return List.of("
                    + "Extension.weightModifier(\"scale\", NoConfig.class, (c, x) -> {"
                    + " double factor = x.config(Own.class).factor();"
                    + " return group -> group.stream().mapToDouble(v -> factor).toArray(); })); }"),
        "scale.jar");
    start("scale = { }");
    assertThat(weight()).isEqualTo(0.5);

    assertThat(apply("scale = { }", "[plugin.scale]", "factor = 0.125")).isEqualTo(Outcome.APPLIED);

    assertThat(weight()).isEqualTo(0.125);
    assertThat(apply("scale = { }", "[plugin.scale]", "factor = 0.125"))
        .isEqualTo(Outcome.UNCHANGED);
    await("the old one's classes are gone", () -> figure("lb_plugin_unloading", "scale") == 0);
  }
}
