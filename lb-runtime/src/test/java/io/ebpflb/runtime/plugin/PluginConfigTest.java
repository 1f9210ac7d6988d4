package io.ebpflb.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.api.Backend;
import io.ebpflb.api.CheckResult;
import io.ebpflb.runtime.config.ConfigException;
import io.ebpflb.runtime.config.ConfigLoader;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plugins and the config file together, as a start has them. */
class PluginConfigTest {
  private static final String CONFIG =
      """
      [dataplane]
      interfaces = ["eth0"]

      [[service]]
      name = "web"
      listen = "203.0.113.10:80"
      health-check = { type = "ping" }
      target = [ { address = "10.0.0.1:8080" } ]
      """;

  @TempDir Path temporary;
  private Path plugins;
  private Path config;

  @BeforeEach
  void write() throws IOException {
    plugins = Files.createDirectory(temporary.resolve("plugins"));
    config = Files.writeString(temporary.resolve("lb.toml"), CONFIG);
  }

  @Test
  void bindsRecordsOfPluginsAndMakesTheirExtensions() throws Exception {
    PluginJarFixture.plugin("ping", "1.0.0")
        .forThisApi()
        .source(
            """
            public class FixturePlugin implements LbPlugin {
              public record Greeting(@Default("hello") String text) {}
              public record Check(@Default("2") int count) {}
              public Class<? extends Record> config() { return Greeting.class; }
              public List<Extension<?>> extensions() {
                return List.of(Extension.healthChecker("ping", Check.class, (check, context) -> {
                  String text = context.config(Greeting.class).text();
                  return (backend, timeout) -> CompletableFuture.completedFuture(
                      CheckResult.passed(text.repeat(check.count())));
                }));
              }
            }
            """)
        .write(plugins.resolve("ping.jar"));
    Files.writeString(config, CONFIG + "\n[plugin.ping]\ntext = \"hi\"\n");

    try (PluginHost host = PluginHost.load(plugins)) {
      Configuration bound = ConfigLoader.load(config, host.catalog());
      host.start(bound.pluginSettings());
      HealthCheck check = bound.services().get(0).healthCheck().orElseThrow();
      CheckResult result =
          host.healthChecker(check.checker().extension(), check.checker().settings())
              .check(Backend.of("web", InetAddress.getLoopbackAddress(), 80), Duration.ofSeconds(5))
              .get(10, TimeUnit.SECONDS);

      assertThat(result.detail()).isEqualTo("hihi");
      assertThat(bound.services().get(0).targets().targets().get(0).resolver().settings())
          .isEqualTo(new StaticResolver.Settings("10.0.0.1:8080"));
    }
  }

  @Test
  void namesTheBrokenJarWhenTheConfigNeedsWhatNobodyProvides() throws Exception {
    Files.writeString(plugins.resolve("ping.jar"), "half a jar");

    try (PluginHost host = PluginHost.load(plugins)) {
      assertThatThrownBy(() -> ConfigLoader.load(config, host.catalog()))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(
              "no plugin provides \"ping\"\n"
                  + "     7 | health-check = { type = \"ping\" }\n"
                  + "    installed: tcp      cannot be used: ping.jar: not a JAR, or only half of one:"
                  + " zip END header not found\n");
    }
  }

  @Test
  void aBrokenJarThatTheConfigDoesNotNeedStopsNothing() throws Exception {
    Files.writeString(plugins.resolve("other.jar"), "half a jar");
    Files.writeString(config, CONFIG.replace("ping", "tcp"));

    try (PluginHost host = PluginHost.load(plugins)) {
      assertThat(ConfigLoader.load(config, host.catalog()).services()).hasSize(1);
      assertThat(host.catalog().failures()).hasSize(1);
    }
  }
}
