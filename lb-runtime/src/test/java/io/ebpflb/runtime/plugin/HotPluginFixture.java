package io.ebpflb.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.Options;
import io.ebpflb.runtime.dataplane.MemoryDataPlane;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.reload.ReloadResult.Outcome;
import io.ebpflb.runtime.service.BackendSnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A balancer with a directory of plugins; all of it but the kernel is real. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class HotPluginFixture {
  private static final String GOLDEN = "hot-plugin-errors.txt";
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path directory;
  Path plugins;
  LoadBalancer balancer;

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

  void start(String serviceLines, String... more) throws Exception {
    startFrom(config(serviceLines, more));
  }

  void startFrom(String text) throws Exception {
    Path file = Files.writeString(directory.resolve("lb.toml"), text);
    balancer =
        LoadBalancer.start(
            Options.of(file, plugins).withDataPlane(settings -> new MemoryDataPlane()));
  }

  String config(String serviceLines, String... more) {
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
  static PluginJarFixture scale(String version, String factor) {
    return scale("scale", version, factor);
  }

  static PluginJarFixture scale(String id, String version, String factor) {
    return PluginJarFixture.plugin(id, version)
        .forThisApi()
        .body(
            "public record Settings(@Default(\"1\") int unused) {}"
                + "public List<Extension<?>> extensions() { return List.of("
                + "Extension.weightModifier(\"scale\", Settings.class, (c, x) -> group ->"
                + " group.stream().mapToDouble(view -> "
                + factor
                + ").toArray())); }");
  }

  void drop(PluginJarFixture plugin, String file) throws IOException {
    Path part = plugin.write(plugins.resolve(file + ".part"));
    Files.move(part, plugins.resolve(file), StandardCopyOption.ATOMIC_MOVE);
  }

  static void await(String what, Callable<Boolean> holds) throws Exception {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (!holds.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + SOON.toSeconds() + " s: " + what);
      }
      Thread.sleep(10);
    }
  }

  List<BackendSnapshot> backends() {
    return balancer.services().get(0).backends();
  }

  double weight() {
    return backends().get(0).effectiveWeight();
  }

  List<PluginStatus> statuses() {
    return balancer.plugins();
  }

  List<String> reasons() {
    return statuses().stream().map(PluginStatus::reason).filter(text -> !text.isEmpty()).toList();
  }

  /** What is said of plugins is, word for word, what the golden file says of this case. */
  void assertSaid(String name) throws IOException {
    assertThat(statuses().stream().filter(each -> !each.reason().isEmpty()))
        .extracting(each -> each.id() + " | " + each.state() + " | " + each.reason())
        .map(said -> said.replace(directory.toString(), "${directory}"))
        .containsExactlyElementsOf(golden(name));
  }

  /** The request of an operator is refused in the words of the golden file. */
  void assertRefused(String name, ThrowingCallable request) throws IOException {
    assertThatThrownBy(request).isInstanceOf(PluginRefusal.class).hasMessage(golden(name).get(0));
  }

  private static List<String> golden(String name) throws IOException {
    try (InputStream file = HotPluginFixture.class.getResourceAsStream(GOLDEN)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith(name + " | "))
          .map(line -> line.substring(name.length() + 3))
          .toList();
    }
  }

  double figure(String family, String plugin) {
    return balancer.pluginMetrics().stream()
        .filter(each -> each.name().equals(family))
        .flatMap(each -> each.series().stream())
        .filter(each -> each.labelValues().equals(List.of(plugin)))
        .mapToDouble(MetricFamily.Series::value)
        .sum();
  }

  Outcome apply(String serviceLines, String... more) {
    return balancer.reloader().apply(config(serviceLines, more), "test").outcome();
  }

  List<String> problems() {
    return balancer.services().get(0).problems();
  }
}
