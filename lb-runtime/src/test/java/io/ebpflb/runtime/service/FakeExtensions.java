package io.ebpflb.runtime.service;

import io.ebpflb.api.Event;
import io.ebpflb.api.Extension;
import io.ebpflb.api.HealthChecker;
import io.ebpflb.api.NoConfig;
import io.ebpflb.api.Resolution;
import io.ebpflb.api.ServiceFeature;
import io.ebpflb.api.TargetResolver;
import io.ebpflb.api.WeightModifier;
import io.ebpflb.runtime.config.Bound;
import io.ebpflb.runtime.config.Configuration.Use;
import io.ebpflb.runtime.plugin.ExtensionCatalog;
import io.ebpflb.runtime.plugin.ExtensionException;
import io.ebpflb.runtime.plugin.ExtensionHost;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A host whose extensions a test sets and changes. Targets are told apart by label; a label without
 * a resolver of its own is an address.
 */
final class FakeExtensions implements ExtensionHost {
  static final Use SCALE =
      new Use(
          Extension.weightModifier("scale", NoConfig.class, (config, context) -> null),
          new Bound<>(new NoConfig(), List.of()));

  final FakeChecker checker = new FakeChecker();
  volatile WeightModifier modifier = group -> group.stream().mapToDouble(view -> 1).toArray();
  volatile ServiceFeature feature = service -> List.of();
  final List<Event> published = new CopyOnWriteArrayList<>();
  volatile boolean wantsEvents;

  /** A target that cannot be made. */
  volatile String refused = "";

  /** Labels of targets that were closed. */
  final List<String> closed = new CopyOnWriteArrayList<>();

  private final Map<String, TargetResolver> resolvers = new ConcurrentHashMap<>();

  @Override
  public void publish(Event event) {
    published.add(event);
  }

  @Override
  public boolean isWanted(Class<? extends Event> kind) {
    return wantsEvents;
  }

  void resolver(String label, TargetResolver resolver) {
    resolvers.put(label, resolver);
  }

  @Override
  public HealthChecker healthChecker(Extension<?> extension, Record settings) {
    return checker;
  }

  @Override
  public TargetResolver targetResolver(Extension<?> extension, Record settings) {
    String label = ((TestServices.Named) settings).label();
    if (label.equals(refused)) {
      throw new ExtensionException("no " + label);
    }
    return new TargetResolver() {
      @Override
      public CompletableFuture<Resolution> resolve() {
        return Optional.ofNullable(resolvers.get(label))
            .orElseGet(() -> TestServices.fixed(label))
            .resolve();
      }

      @Override
      public void close() {
        closed.add(label);
      }
    };
  }

  @Override
  public WeightModifier weightModifier(Extension<?> extension, Record settings) {
    return group -> modifier.factors(group);
  }

  @Override
  public ServiceFeature serviceFeature(Extension<?> extension, Record settings) {
    return service -> feature.intents(service);
  }

  @Override
  public void start(Map<String, Record> pluginSettings) {}

  @Override
  public List<PluginStatus> plugins() {
    return List.of();
  }

  @Override
  public ExtensionCatalog catalog() {
    throw new UnsupportedOperationException("configs of these tests are bound already");
  }

  @Override
  public void close() {}
}
