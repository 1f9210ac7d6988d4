package io.ebpflb.runtime.service;

import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.Plan;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What the operator has said of backends, by service and address, whether they are there or not.
 * Lives on the reconciler's loop.
 */
final class AdminStates {
  /**
   * @param weight instead of the configured one
   */
  record Setting(AdminState state, OptionalDouble weight) {
    static final Setting NONE = new Setting(AdminState.READY, OptionalDouble.empty());
  }

  private final Loop loop;
  private final Map<BackendKey, Setting> settings = new HashMap<>();
  private final Map<BackendKey, Drain> drains = new HashMap<>();

  AdminStates(Loop loop) {
    this.loop = loop;
  }

  Setting of(BackendKey backend) {
    return settings.getOrDefault(backend, Setting.NONE);
  }

  /** The drain under way, or the last one of a backend that is gated. */
  Optional<Drain> drain(BackendKey backend) {
    return Optional.ofNullable(drains.get(backend));
  }

  /** Those of one service. */
  Stream<Map.Entry<Plan.Endpoint, Drain>> drains(String service) {
    return drains.entrySet().stream()
        .filter(each -> each.getKey().service().equals(service))
        .map(each -> Map.entry(each.getKey().endpoint(), each.getValue()));
  }

  /** A gated backend that is drained anew starts its time anew. */
  void setState(BackendKey backend, AdminState state, Duration drainTimeout) {
    Drain before = drains.remove(backend);
    if (before != null) {
      before.cancel();
    }
    if (state != AdminState.READY) {
      drains.put(backend, new Drain(drainTimeout, loop.now(), loop.nanoTime()));
    }
    put(backend, new Setting(state, of(backend).weight()));
  }

  void setWeight(BackendKey backend, OptionalDouble weight) {
    put(backend, new Setting(of(backend).state(), weight));
  }

  private void put(BackendKey backend, Setting setting) {
    if (setting.equals(Setting.NONE)) {
      settings.remove(backend);
    } else {
      settings.put(backend, setting);
    }
  }
}
