package io.ebpflb.runtime.config;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import io.ebpflb.api.Extension;
import io.ebpflb.api.NoConfig;
import io.ebpflb.api.Range;
import io.ebpflb.api.Secret;
import io.ebpflb.runtime.plugin.ExtensionCatalog;
import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** A catalog whose extensions have settings of every kind and do nothing. */
final class FakeCatalog implements ExtensionCatalog {
  record StaticSettings(@Doc("where packets go") String address) {}

  record DnsSettings(
      @Doc("the name to resolve") String host,
      @Doc("the port of each address") @Range(min = "1", max = "65535") int port,
      @Doc("how often to ask again") @Default("30s") @Range(min = "1s") Duration refresh) {}

  record ConsulSettings(String serviceName, @Secret Optional<String> token) {}

  enum Method {
    GET,
    HEAD
  }

  record HttpSettings(
      @Doc("the URL path") @Default("/") String path,
      @Doc("the request method") @Default("get") Method method,
      @Doc("codes that pass") @Default("200,204") List<Integer> expectedCodes,
      @Doc("who asks") Optional<InetAddress> source,
      @Doc("for basic authentication") @Secret Optional<String> password) {
    HttpSettings {
      if (!path.startsWith("/")) {
        throw new IllegalArgumentException(
            "path must begin with / (password was " + password + ")");
      }
    }
  }

  record BreakerSettings(
      @Doc("share of failures that opens") @Default("50") @Range(min = "1", max = "100")
          double errorThresholdPercent,
      @Doc("how long it stays open") @Default("30s") Duration openDuration) {}

  record LeastSettings(@Doc("how often") @Default("1s") Duration interval) {}

  record Limit(@Range(min = "1") long perSecond, @Default("true") boolean drop) {}

  record RateLimitSettings(Limit clients, @Default("1.5") double burst) {}

  record AuditSettings(String file, @Secret List<String> keys) {}

  record FaultySettings(Thread thread) {}

  record ThrowingSettings(@Default("0") int value) {
    ThrowingSettings {
      throw new IllegalStateException("not today");
    }
  }

  private final Map<Extension.Kind, Map<String, Extension<?>>> byKind =
      new EnumMap<>(Extension.Kind.class);
  private final Map<String, Class<? extends Record>> plugins;

  FakeCatalog() {
    this(Map.of("dns", NoConfig.class));
  }

  FakeCatalog(Map<String, Class<? extends Record>> plugins) {
    this.plugins = plugins;
    for (Extension.Kind kind : Extension.Kind.values()) {
      byKind.put(kind, new HashMap<>());
    }
    add(Extension.targetResolver("static", StaticSettings.class, (c, x) -> null));
    add(Extension.targetResolver("dns", DnsSettings.class, (c, x) -> null));
    add(Extension.targetResolver("consul", ConsulSettings.class, (c, x) -> null));
    add(Extension.healthChecker("tcp", NoConfig.class, (c, x) -> null));
    add(Extension.healthChecker("http", HttpSettings.class, (c, x) -> null));
    add(Extension.weightModifier("least-connections", LeastSettings.class, (c, x) -> null));
    add(Extension.weightModifier("circuit-breaker", BreakerSettings.class, (c, x) -> null));
    add(Extension.serviceFeature("rate-limit", RateLimitSettings.class, (c, x) -> null));
    add(Extension.serviceFeature("faulty", FaultySettings.class, (c, x) -> null));
    add(Extension.serviceFeature("throwing", ThrowingSettings.class, (c, x) -> null));
  }

  private void add(Extension<?> extension) {
    byKind.get(extension.kind()).put(extension.name(), extension);
  }

  /** As {@code plugins} of the golden files: with settings of their own. */
  static FakeCatalog withPlugins() {
    return new FakeCatalog(Map.of("dns", NoConfig.class, "audit", AuditSettings.class));
  }

  @Override
  public Optional<Extension<?>> find(Extension.Kind kind, String name) {
    return Optional.ofNullable(byKind.get(kind).get(name));
  }

  @Override
  public SortedSet<String> names(Extension.Kind kind) {
    return new TreeSet<>(byKind.get(kind).keySet());
  }

  @Override
  public Map<String, Class<? extends Record>> pluginConfigs() {
    return plugins;
  }
}
