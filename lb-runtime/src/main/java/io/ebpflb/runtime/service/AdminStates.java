package io.ebpflb.runtime.service;

import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.Plan;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * What the operator has said of backends, by service and address, whether they are there or not.
 * Lives on the reconciler's loop.
 */
final class AdminStates {
  /** What was said of a backend outlives its absence this long, such as a name that is changed. */
  static final Duration ABSENCE_MAX = Duration.ofHours(24);

  /**
   * @param weight instead of the configured one
   */
  record Setting(AdminState state, OptionalDouble weight, ForcedHealth health) {
    static final Setting NONE =
        new Setting(AdminState.READY, OptionalDouble.empty(), ForcedHealth.AUTO);

    Setting with(AdminState other) {
      return new Setting(other, weight, health);
    }

    Setting with(OptionalDouble other) {
      return new Setting(state, other, health);
    }

    Setting with(ForcedHealth other) {
      return new Setting(state, weight, other);
    }
  }

  /** Keeps settings over a restart. */
  interface Store {
    /** What was kept last; nothing if there is none that can be read. */
    Map<BackendKey, Setting> load();

    /** Keeps these instead. Does not block; completes when they would survive. */
    CompletableFuture<Void> save(Map<BackendKey, Setting> settings);
  }

  private final Loop loop;
  private final Store store;
  private final Map<BackendKey, Setting> settings = new HashMap<>();
  private final Map<String, Map<Plan.Endpoint, Drain>> drains = new HashMap<>();
  private final Map<BackendKey, Long> absentSinceNanos = new HashMap<>();

  AdminStates(Loop loop, Store store) {
    this.loop = loop;
    this.store = store;
  }

  /** Takes up what was kept before a restart. */
  void load() {
    settings.putAll(store.load());
  }

  Setting of(BackendKey backend) {
    return settings.getOrDefault(backend, Setting.NONE);
  }

  /** The drain under way, or the last one of a backend that is gated. */
  Optional<Drain> drain(BackendKey backend) {
    return Optional.ofNullable(drains(backend.service()).get(backend.endpoint()));
  }

  /** Those of one service. */
  Map<Plan.Endpoint, Drain> drains(String service) {
    return drains.getOrDefault(service, Map.of());
  }

  /**
   * A gated backend that is drained anew starts its time anew.
   *
   * @return completes when it would survive a restart
   */
  CompletableFuture<Void> setState(BackendKey backend, AdminState state, Duration drainTimeout) {
    forgetDrain(backend).ifPresent(Drain::cancel);
    if (state != AdminState.READY) {
      drains
          .computeIfAbsent(backend.service(), service -> new LinkedHashMap<>())
          .put(backend.endpoint(), new Drain(drainTimeout, loop.now(), loop.nanoTime()));
    }
    return put(backend, of(backend).with(state));
  }

  /** See {@link #setState}. */
  CompletableFuture<Void> setWeight(BackendKey backend, OptionalDouble weight) {
    return put(backend, of(backend).with(weight));
  }

  /** See {@link #setState}. */
  CompletableFuture<Void> forceHealth(BackendKey backend, ForcedHealth health) {
    return put(backend, of(backend).with(health));
  }

  /** To be called now and then: forgets backends that have been away for too long. */
  void forgetAbsent(Predicate<BackendKey> isPresent) {
    absentSinceNanos.keySet().removeIf(key -> isPresent.test(key) || !settings.containsKey(key));
    boolean forgotten = false;
    for (BackendKey key : Map.copyOf(settings).keySet()) {
      if (!isPresent.test(key)) {
        long since = absentSinceNanos.computeIfAbsent(key, k -> loop.nanoTime());
        if (loop.nanoTime() - since >= ABSENCE_MAX.toNanos()) {
          settings.remove(key);
          forgetDrain(key);
          forgotten = true;
        }
      }
    }
    if (forgotten) {
      store.save(Map.copyOf(settings));
    }
  }

  private Optional<Drain> forgetDrain(BackendKey backend) {
    Optional<Drain> drain = drain(backend);
    drains.computeIfPresent(
        backend.service(),
        (service, ofService) -> {
          ofService.remove(backend.endpoint());
          return ofService.isEmpty() ? null : ofService;
        });
    return drain;
  }

  private CompletableFuture<Void> put(BackendKey backend, Setting setting) {
    Setting before = of(backend);
    if (setting.equals(Setting.NONE)) {
      settings.remove(backend);
    } else {
      settings.put(backend, setting);
    }
    return setting.equals(before)
        ? CompletableFuture.completedFuture(null)
        : store.save(Map.copyOf(settings));
  }
}
