package io.ebpflb.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Extension;
import io.ebpflb.api.NoConfig;
import io.ebpflb.api.PluginContext;
import io.ebpflb.api.Protocol;
import io.ebpflb.api.ServiceFeature;
import io.ebpflb.api.ServiceIntent;
import io.ebpflb.testing.FakeBackend;
import io.ebpflb.testing.FakeService;
import io.ebpflb.testing.ServiceFeatureContract;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A feature of somebody else's JAR, seen through the fence around it. */
class FirstFeatureContractTest extends ServiceFeatureContract {
  @TempDir private static Path plugins;
  private static PluginHost host;

  @BeforeAll
  static void load() throws Exception {
    try (InputStream jar = FirstApiTest.class.getResourceAsStream("first/first.jar")) {
      Files.copy(jar, plugins.resolve("first.jar"));
    }
    host = PluginHost.load(plugins);
  }

  @AfterAll
  static void unload() {
    host.close();
  }

  @Override
  protected ServiceFeature feature(PluginContext unused) {
    return host.serviceFeature(
        host.catalog().find(Extension.Kind.SERVICE_FEATURE, "first-feature").orElseThrow(),
        new NoConfig());
  }

  @Test
  void asksForAShorterTimeoutWhereNoBackendIs() {
    ServiceFeature feature = feature(null);
    ServiceIntent minute = ServiceIntent.idleTimeout(Duration.ofMinutes(1));

    assertThat(feature.intents(FakeService.of(Protocol.UDP, FakeBackend.at("10.0.0.1:53"))))
        .containsExactly(minute);
    assertThat(feature.intents(FakeService.of(Protocol.UDP)))
        .containsExactly(ServiceIntent.idleTimeout(Duration.ofSeconds(5)));
  }
}
