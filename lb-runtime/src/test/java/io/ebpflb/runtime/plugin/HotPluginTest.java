package io.ebpflb.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus.State;
import io.ebpflb.runtime.reload.ReloadResult.Outcome;
import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.runtime.service.HealthSnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** JARs come, change and go under a balancer that runs. */
class HotPluginTest extends HotPluginFixture {
  @Test
  void aDroppedJarIsLoadedOnceItIsWhole() throws Exception {
    start("");
    byte[] whole = Files.readAllBytes(scale("1.0.0", "0.5").write(directory.resolve("whole.jar")));
    Path jar = plugins.resolve("scale.jar");

    Files.write(jar, Arrays.copyOf(whole, whole.length / 2));
    await("the half is seen", () -> !statuses().isEmpty());
    assertSaid("half of a JAR");
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
            .forThisApi()
            .extensions(
                "Extension.weightModifier(\"scale\", NoConfig.class, (c, x) -> group -> null)"),
        "scale.jar");

    await("it is refused", () -> !reasons().isEmpty());
    assertSaid("the config does not fit");
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
    assertSaid("an older version");
    assertThat(weight()).isEqualTo(0.5);
  }

  @Test
  void aRemovedJarIsUnloadedAsSoonAsNoServiceUsesIt() throws Exception {
    drop(scale("1.0.0", "0.5"), "scale.jar");
    start("scale = { }");

    Files.delete(plugins.resolve("scale.jar"));

    await("it is said", () -> !reasons().isEmpty());
    assertSaid("removed in use");
    assertThat(weight()).isEqualTo(0.5);
    assertThat(apply("")).isEqualTo(Outcome.APPLIED);
    await("it is gone", () -> statuses().isEmpty());
    await("its classes are gone", () -> figure("lb_plugin_unloading", "scale") == 0);
  }

  @Test
  void aPluginThatIsUnloadedInUseLeavesItsLastAnswers() throws Exception {
    drop(
        PluginJarFixture.plugin("both", "1.0.0")
            .forThisApi()
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
    String text =
        config(lines, "[plugins]", "on-removal = \"unload\"").replaceAll("target = .*", names);
    startFrom(text);
    await("the odd one is down", () -> states().equals(List.of("UP", "DOWN")));

    Files.delete(plugins.resolve("both.jar"));

    await("it is unloaded", () -> statuses().get(0).state() == State.REMOVED);
    assertSaid("unloaded in use");
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
            .forThisApi()
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

  @Test
  void aDisabledPluginStaysOutOfUseOverARestartUntilItIsEnabled() throws Exception {
    drop(scale("1.0.0", "0.5"), "scale.jar");
    start("scale = { }");

    assertRefused("disabling in use", () -> operator().disable("scale", false));
    assertThat(weight()).isEqualTo(0.5);
    operator().disable("scale", true);
    assertThat(statuses()).extracting(PluginStatus::state).containsExactly(State.DISABLED);
    assertSaid("disabled");
    await("it does not count", () -> weight() == 1);
    await("its thread ends", () -> threadsOf("scale") == 0);
    assertThat(apply("scale = { unused = 2 }")).isEqualTo(Outcome.APPLIED);
    assertThat(weight()).isEqualTo(1);

    balancer.close();
    start("scale = { }");
    assertThat(statuses()).extracting(PluginStatus::state).containsExactly(State.DISABLED);
    assertThat(weight()).isEqualTo(1);
    operator().enable("scale");

    assertThat(statuses()).extracting(PluginStatus::state).containsExactly(State.STARTED);
    await("it counts", () -> weight() == 0.5);
    await("the disabled one's classes are gone", () -> figure("lb_plugin_unloading", "scale") == 0);
  }

  private Plugins operator() {
    return balancer.plugin();
  }

  private static long threadsOf(String plugin) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("plugin-" + plugin))
        .count();
  }

  @Test
  void anOperatorMayReloadAnOlderVersion() throws Exception {
    drop(scale("1.1.0", "0.5"), "scale.jar");
    start("scale = { }");
    drop(scale("1.0.0", "0.25"), "scale.jar");

    operator().reload("scale");

    await("it counts", () -> weight() == 0.25);
    assertThat(statuses()).extracting(PluginStatus::version).containsExactly("1.0.0");
    assertThat(reasons()).isEmpty();
    assertRefused("reloading what is not there", () -> operator().reload("none"));
  }

  @Test
  void whatComesSecondWithANameOrAnIdIsRefused() throws Exception {
    drop(scale("1.0.0", "0.5"), "scale.jar");
    start("scale = { }");

    drop(scale("1.0.0", "0.25"), "twin.jar");
    await("the twin is refused", () -> !reasons().isEmpty());
    assertSaid("an id twice");
    Files.delete(plugins.resolve("twin.jar"));
    await("nothing is wrong", () -> reasons().isEmpty());

    drop(scale("rival", "1.0.0", "0.25"), "rival.jar");
    await("the rival is refused", () -> !reasons().isEmpty());
    assertSaid("a name twice");
    assertThat(weight()).isEqualTo(0.5);
  }

  @Test
  void tellsOtherPluginsWhatBecomesOfOne() throws Exception {
    drop(ear(), "ear.jar");
    start("");

    drop(scale("1.0.0", "0.5"), "scale.jar");
    await("it hears of the first", () -> heard("scale 1.0.0 started"));
    drop(scale("1.1.0", "0.5"), "scale.jar");
    await("it hears of the next", () -> heard("scale 1.1.0 started"));
    Files.delete(plugins.resolve("scale.jar"));
    await("it hears of the end", () -> heard("scale 1.1.0 unloaded"));
  }

  @Test
  void tellsOtherPluginsOfAQuarantine() throws Exception {
    drop(ear(), "ear.jar");
    drop(
        PluginJarFixture.modifier("bad", "group -> { throw new LinkageError(\"broken\"); }"),
        "bad.jar");
    start("bad = { }");

    await("it hears of it", () -> heard("bad 1.0.0 quarantined"));
  }

  /** Its gauge has a series for each thing that it hears of plugins. */
  private static PluginJarFixture ear() {
    return PluginJarFixture.plugin("ear", "1.0.0")
        .forThisApi()
        .extensions(
            "Extension.agent(\"ear\", NoConfig.class, (c, x) -> { Metrics.Gauge heard ="
                + " x.metrics().gauge(\"heard\", \"What it heard\", \"of\");"
                + " x.on(Event.PluginChanged.class, e -> heard.set(1, e.plugin() + \" \""
                + " + e.version() + \" \" + e.state())); return new Agent() {}; })");
  }

  private boolean heard(String what) {
    return figure("lb_ear_heard", what) == 1;
  }

  /** Each bundles a class of the same name that says something else. */
  @Test
  void clashingVersionsOfOneLibraryLiveSideBySide() throws Exception {
    drop(withLibrary("first", "0.5"), "first.jar");
    drop(withLibrary("second", "0.25"), "second.jar");
    start("first = { }\nsecond = { }");

    assertThat(weight()).isEqualTo(0.125);
  }

  private static PluginJarFixture withLibrary(String id, String factor) {
    return PluginJarFixture.plugin(id, "1.0.0")
        .forThisApi()
        .source(
            "public class FixturePlugin implements LbPlugin {"
                + "public List<Extension<?>> extensions() { return List.of("
                + "Extension.weightModifier(\""
                + id
                + "\", NoConfig.class, (c, x) -> group ->"
                + " group.stream().mapToDouble(v -> Library.factor()).toArray())); } }"
                + " class Library { static double factor() { return "
                + factor
                + "; } }");
  }
}
