package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Backend;
import io.ebpflb.api.Resolution;
import io.ebpflb.api.TargetResolver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** A target resolver that answers in time or fails. */
final class FencedTargetResolver implements TargetResolver {
  static final Duration RESOLVE_MAX = Duration.ofSeconds(10);

  private final PluginInstance<TargetResolver> instance;
  private final AtomicBoolean inFlight = new AtomicBoolean();

  FencedTargetResolver(PluginInstance<TargetResolver> instance) {
    this.instance = instance;
  }

  @Override
  public CompletableFuture<Resolution> resolve() {
    if (instance.isClosed()) {
      return CompletableFuture.failedFuture(instance.refusal());
    }
    if (!inFlight.compareAndSet(false, true)) {
      return CompletableFuture.failedFuture(
          new ExtensionException("the resolution before has not ended"));
    }
    return instance
        .fence()
        .follow(
            "resolution",
            RESOLVE_MAX,
            () -> instance.made().resolve(),
            FencedTargetResolver::copy,
            instance.log(),
            () -> inFlight.set(false));
  }

  private static Resolution copy(Resolution resolution) {
    int entries = resolution.entries().size();
    // What no plan could take would hold up the changes of all services.
    if (entries > Backend.GROUP_MAX) {
      throw new ExtensionException(
          "it gave " + entries + " endpoints, more than " + Backend.GROUP_MAX + " are not taken");
    }
    Duration validFor = resolution.validFor();
    if (validFor.isNegative() || validFor.isZero()) {
      throw new ExtensionException("its answer is valid for " + validFor + ", not above zero");
    }
    return resolution.isNone()
        ? Resolution.none(validFor)
        : Resolution.of(resolution.entries(), validFor);
  }

  @Override
  public void close() {
    instance.close();
  }
}
