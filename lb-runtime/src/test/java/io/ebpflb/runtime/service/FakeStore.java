package io.ebpflb.runtime.service;

import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.service.AdminStates.Setting;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Keeps admin state in memory. */
final class FakeStore implements AdminStates.Store {
  Map<BackendKey, Setting> kept = Map.of();

  @Override
  public Map<BackendKey, Setting> load() {
    return kept;
  }

  @Override
  public CompletableFuture<Void> save(Map<BackendKey, Setting> settings) {
    kept = settings;
    return CompletableFuture.completedFuture(null);
  }
}
