package io.ebpflb.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus.State;
import io.ebpflb.runtime.service.BackendSnapshot;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Plugins that do all the harm they can, beside one that works: backends and weights stay as they
 * should be, and the list says what is wrong.
 */
class HostilePluginTest extends HotPluginFixture {
  private static final String STOP = "fixture.stop";

  @AfterEach
  void letThreadsEnd() {
    System.setProperty(STOP, "true");
  }

  /** A plugin "bad" of one checker, resolver and modifier, all of which run these statements. */
  private static PluginJarFixture bad(String statements) {
    return PluginJarFixture.plugin("bad", "1.0.0")
        .forThisApi()
        .body(
            "public record Name(String name) {}"
                + "static <T> T f() { "
                + statements
                + " } public List<Extension<?>> extensions() { return List.of("
                + "Extension.healthChecker(\"bad\", NoConfig.class, (c, x) -> (b, t) -> f()),"
                + "Extension.targetResolver(\"bad\", Name.class, (c, x) -> () -> f()),"
                + "Extension.weightModifier(\"bad\", NoConfig.class, (c, x) -> group -> f()),"
                + "Extension.serviceFeature(\"bad\", NoConfig.class, (c, x) -> view -> f()),"
                + "Extension.agent(\"bad\", NoConfig.class, (c, x) -> {"
                + " x.every(Duration.ofMillis(50), () -> f()); x.on(Event.class, e -> f());"
                + " return new Agent() { public void close() { f(); } }; })); }");
  }

  private void startBoth(PluginJarFixture bad) throws Exception {
    drop(bad, "bad.jar");
    drop(scale("1.0.0", "0.5"), "scale.jar");
    start(
        """
        health-check = { type = "bad", interval = "100ms", timeout = "100ms", fall = 2 }
        bad = { }
        scale = { }
        """);
  }

  private PluginStatus bad() {
    return statuses().stream().filter(each -> each.id().equals("bad")).findFirst().orElseThrow();
  }

  private void assertUnharmed() {
    assertThat(backends()).hasSize(2);
    assertThat(backends()).extracting(BackendSnapshot::effectiveWeight).doesNotContain(0.0);
    assertThat(statuses())
        .filteredOn(each -> each.id().equals("scale"))
        .extracting(PluginStatus::state)
        .containsExactly(State.STARTED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "throw new IllegalStateException(\"boom\");   | IllegalStateException: boom",
        "return null;                                 | it answered null",
        "throw new NoClassDefFoundError(\"a/B\");     | NoClassDefFoundError: a/B",
        "throw new OutOfMemoryError(\"all of it\");   | OutOfMemoryError: all of it",
      })
  void whatFailsEachTimeIsQuarantinedAndSaysSo(String statements, String reason) throws Exception {
    startBoth(bad(statements));

    await("it is quarantined", () -> bad().state() == State.QUARANTINED);

    assertThat(bad().reason()).startsWith("bad: quarantined, tried again in ").endsWith(reason);
    assertUnharmed();
    assertThat(apply("scale = { }").name()).isEqualTo("APPLIED");
    await("the good one counts", () -> weight() == 0.5);
  }

  /** Whatever it does, nothing of a number stays. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "new double[] {0.0 / 0, 1}",
        "new double[] {-1, 1}",
        "new double[] {1.0 / 0, 1}",
        "new double[1_000_000]",
      })
  void weightsThatAreNoneAreLeftOut(String factors) throws Exception {
    drop(PluginJarFixture.modifier("bad", "group -> " + factors), "bad.jar");
    drop(scale("1.0.0", "0.5"), "scale.jar");
    start("bad = { }\nscale = { }");

    assertThat(backends()).extracting(BackendSnapshot::effectiveWeight).containsOnly(0.5);
    await("it is told", () -> problems().toString().contains("\"bad\" is left out"));
  }

  /** Records of settings are compared with each reload, and what they say of themselves is code. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "throw new IllegalStateException(\"boom\");",
        "while (!Boolean.getBoolean(\"fixture.stop\")) { } return 0;"
      })
  void settingsThatHarmWhoComparesThemHoldUpNoReload(String statements) throws Exception {
    System.clearProperty(STOP);
    drop(settingsThat(statements), "bad.jar");
    start("bad = { n = 1 }", "[plugin.bad]", "n = 1");
    assertThat(weight()).isEqualTo(0.5);

    assertThat(apply("bad = { n = 1 }", "[plugin.bad]", "n = 1").name()).isEqualTo("UNCHANGED");
    assertThat(apply("bad = { n = 2 }", "[plugin.bad]", "n = 1").name()).isEqualTo("APPLIED");
    assertThat(apply("bad = { n = 2 }", "[plugin.bad]", "n = 2").name()).isEqualTo("APPLIED");
    balancer.plugin().reload("bad");
    assertThat(weight()).isEqualTo(0.5);
  }

  private static PluginJarFixture settingsThat(String harm) {
    String methods =
        "static int f() { %s } public int n() { return f(); } public int hashCode() { return f(); }"
                .formatted(harm)
            + " public boolean equals(Object o) { return f() == 0; }"
            + " public String toString() { return \"\" + f(); }";
    return PluginJarFixture.plugin("bad", "1.0.0")
        .forThisApi()
        .body(
            "public record Own(int n) { "
                + methods
                + " } public record Use(int n) { "
                + methods
                + " } public Class<? extends Record> config() { return Own.class; }"
                + " public List<Extension<?>> extensions() { return List.of("
                + "Extension.weightModifier(\"bad\", Use.class, (c, x) -> group ->"
                + " group.stream().mapToDouble(v -> 0.5).toArray())); }");
  }

  /** As many as a group may hold are in force; one more would hold up the plans of all services. */
  @ParameterizedTest
  @ValueSource(ints = {1_025, 1_000_000})
  void moreBackendsThanAGroupMayHoldAreNotTaken(int count) throws Exception {
    drop(many(1_024), "bad.jar");
    String text =
        config("").replaceAll("target = .*", "target = [ { resolver = \"bad\", name = \"x\" } ]");
    startFrom(text);
    await("as many as may be are taken", () -> backends().size() == 1_024);
    assertThat(balancer.problem()).isEmpty();

    drop(many(count), "bad.jar");

    await("it is told", () -> problems().toString().contains(count + " endpoints"));
    assertThat(backends()).hasSize(1_024);
    assertThat(balancer.problem()).isEmpty();
  }

  /** A plugin "bad" whose resolver knows so many addresses, no two of them the same. */
  private static PluginJarFixture many(int count) {
    return PluginJarFixture.plugin("bad", "1.0.0")
        .forThisApi()
        .body(
            "public record Name(String name) {}"
                + "static Resolution.Entry entry(int i) { try { return new Resolution.Entry("
                + "java.net.InetAddress.getByAddress(new byte[] {10, (byte) (1 + (i >> 16)),"
                + " (byte) (i >> 8), (byte) i}), 80, 1); } catch (java.io.IOException e)"
                + " { throw new IllegalStateException(e); } }"
                + "public List<Extension<?>> extensions() { return List.of("
                + "Extension.targetResolver(\"bad\", Name.class, (c, x) -> () ->"
                + " CompletableFuture.completedFuture(Resolution.of("
                + "java.util.stream.IntStream.range(0, "
                + count
                + ").mapToObj(i -> entry(i)).toList(), Duration.ofSeconds(1))))); }");
  }

  @Test
  void aSpinnerIsReplacedOnceAndThenQuarantinedUntilARestart() throws Exception {
    System.clearProperty(STOP);
    PluginJarFixture spinner =
        PluginJarFixture.checker(
                "bad", "bad", "{ while (!Boolean.getBoolean(\"" + STOP + "\")) { } return null; }")
            .forThisApi();
    drop(spinner, "bad.jar");
    drop(scale("1.0.0", "0.5"), "scale.jar");
    start(
        "health-check = { type = \"bad\", interval = \"100ms\", timeout = \"100ms\", fall = 2 }\n"
            + "scale = { }");

    await("it is given up", () -> bad().reason().contains("until the balancer is restarted"));

    assertThat(bad().state()).isEqualTo(State.QUARANTINED);
    assertThat(bad().reason()).contains("2 threads of it cannot be stopped");
    assertUnharmed();
    assertThat(spinners()).hasSizeLessThanOrEqualTo(PluginDirectory.THREADS_ABANDONED_MAX);
    drop(bad("return null;"), "bad.jar");
    await("another file is refused", () -> statuses().size() == 3);
    assertThat(statuses().get(2).reason()).startsWith("bad.jar: left out: bad: quarantined until");
    System.setProperty(STOP, "true");
    await("its threads end", () -> spinners().isEmpty());
  }

  private static List<String> spinners() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.equals("plugin-bad"))
        .toList();
  }

  @Test
  void threadsThatItLeavesBehindAreNamed() throws Exception {
    System.clearProperty(STOP);
    drop(
        PluginJarFixture.modifier(
            "scale",
            "{ Thread left = new Thread(() -> {"
                + " while (!Boolean.getBoolean(\""
                + STOP
                + "\")) { try { Thread.sleep(10); } catch (InterruptedException e) { } }"
                + " }, \"left-behind\"); left.setDaemon(true); left.start();"
                + " return group -> group.stream().mapToDouble(v -> 0.5).toArray(); }"),
        "scale.jar");
    start("scale = { }");
    Thread left =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("left-behind"))
            .findFirst()
            .orElseThrow();
    ClassLoader loader = left.getContextClassLoader();

    drop(scale("1.1.0", "0.25"), "scale.jar");

    await("the new one counts", () -> weight() == 0.25);
    await("the old one is stopped", () -> figure("lb_plugin_unloading", "scale") == 1);
    assertThat(Unloader.holders(loader)).startsWith("held by its threads \"left-behind\"");
    loader = null;
    left = null;
    System.setProperty(STOP, "true");
    await("it is collected after all", () -> figure("lb_plugin_unloading", "scale") == 0);
  }
}
