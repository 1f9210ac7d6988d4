package io.ebpflb.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.api.Backend;
import io.ebpflb.api.CheckResult;
import io.ebpflb.api.Extension;
import io.ebpflb.api.Extension.Kind;
import io.ebpflb.api.HealthChecker;
import io.ebpflb.api.NoConfig;
import io.ebpflb.api.Resolution;
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
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginHostTest {
  private static final Backend BACKEND = Backend.of("web", InetAddress.getLoopbackAddress(), 8080);

  @TempDir Path temporary;
  private Path plugins;
  private Path copies;
  private PluginHost host;

  @BeforeEach
  void makeFolders() throws IOException {
    plugins = Files.createDirectory(temporary.resolve("plugins"));
    copies = Files.createDirectory(temporary.resolve("copies"));
  }

  @AfterEach
  void close() {
    if (host != null) {
      host.close();
    }
  }

  private void load() throws IOException {
    host = PluginHost.load(plugins, copies, "1.0.0", TlsHandlers.withSystemTrust());
  }

  private HealthChecker start(String checker) {
    host.start(Map.of());
    return host.healthChecker(
        host.catalog().find(Kind.HEALTH_CHECKER, checker).orElseThrow(), new NoConfig());
  }

  private static CheckResult check(HealthChecker checker) throws Exception {
    return checker.check(BACKEND, Duration.ofSeconds(1)).get(5, TimeUnit.SECONDS);
  }

  @Test
  void hasBuiltInExtensionsWithoutAnyJar() throws Exception {
    host = PluginHost.load(temporary.resolve("missing"));

    assertThat(host.catalog().names(Kind.HEALTH_CHECKER)).containsExactly("tcp");
    assertThat(host.catalog().names(Kind.TARGET_RESOLVER)).containsExactly("static");
    assertThat(host.plugins()).isEmpty();
    assertThat(host.catalog().pluginConfigs()).isEmpty();
  }

  @Test
  void resolvesStaticTargets() throws Exception {
    load();
    Extension<?> found = host.catalog().find(Kind.TARGET_RESOLVER, "static").orElseThrow();

    Resolution answer =
        host.targetResolver(found, new StaticResolver.Settings("[2001:db8::1]:80"))
            .resolve()
            .get(5, TimeUnit.SECONDS);

    assertThat(answer.entries())
        .containsExactly(new Resolution.Entry(InetAddress.getByName("2001:db8::1"), 80, 1));
    assertThat(answer.validFor()).isEqualTo(Resolution.FOREVER);
    assertThatThrownBy(() -> new StaticResolver.Settings("localhost:80"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void loadsAJarAndAsksIt() throws Exception {
    PluginJarFixture.checker(
            "good",
            "good",
            "CompletableFuture.completedFuture(CheckResult.passed(Thread.currentThread().getName()))")
        .write(plugins.resolve("good.jar"));
    Files.createDirectory(plugins.resolve("folder.jar"));
    load();

    assertThat(host.plugins())
        .containsExactly(
            new PluginStatus(
                "good", "1.0.0", "Fixtures", State.LOADED, "", List.of("health checker \"good\"")));

    CheckResult result = check(start("good"));

    assertThat(result.isPassed()).isTrue();
    assertThat(result.detail()).isEqualTo("plugin-good");
    assertThat(host.plugins()).extracting(PluginStatus::state).containsExactly(State.STARTED);
  }

  @Test
  void survivesThatTheOriginalIsOverwritten() throws Exception {
    Path jar = plugins.resolve("good.jar");
    PluginJarFixture.plugin("good", "1.0.0")
        .source(
            """
            public class FixturePlugin implements LbPlugin {
              public List<Extension<?>> extensions() {
                return List.of(Extension.healthChecker("good", NoConfig.class,
                    (config, context) -> (backend, timeout) -> Later.answer()));
              }
            }
            class Later {
              static CompletableFuture<CheckResult> answer() {
                return CompletableFuture.completedFuture(CheckResult.passed("loaded late"));
              }
            }
            """)
        .write(jar);
    load();
    HealthChecker checker = start("good");

    Files.writeString(jar, "overwritten");

    assertThat(check(checker).detail()).isEqualTo("loaded late");
  }

  @Test
  void removesItsCopiesAndThoseOfKilledProcesses() throws Exception {
    Path stale = Files.createDirectory(copies.resolve("ebpf-lb-plugins-1"));
    Files.writeString(stale.resolve("lock"), "");
    Files.writeString(stale.resolve("some.jar"), "");
    Path foreign = Files.createDirectory(copies.resolve("other"));
    load();
    try (PluginHost second =
        PluginHost.load(plugins, copies, "1.0.0", TlsHandlers.withSystemTrust())) {
      assertThat(second.plugins()).isEmpty();
      assertThat(folders()).hasSize(3).contains(foreign).doesNotContain(stale);
    }

    host.close();
    host.close();

    assertThat(folders()).containsExactly(foreign);
  }

  private List<Path> folders() throws IOException {
    try (Stream<Path> files = Files.list(copies)) {
      return files.toList();
    }
  }
}
