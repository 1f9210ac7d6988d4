package io.ebpflb.testing;

import io.ebpflb.api.Backend;
import io.ebpflb.api.Event;
import java.time.Instant;
import java.util.List;

/** Events as the runtime tells them, for tests of listeners. */
public final class SampleEvents {
  private SampleEvents() {}

  /** What a backend of the service {@code web} goes through, from its coming to its end. */
  public static List<Event> all(Instant at) {
    Backend backend = FakeBackend.at("10.0.0.1:8080").backend();
    return List.of(
        new Event.BackendAdded(at, backend, false),
        new Event.HealthChecked(at, backend, true, "HTTP 200"),
        new Event.HealthChanged(at, backend, true, "HTTP 200", false),
        new Event.WeightChanged(at, backend, 0, 50),
        new Event.ConnectFailures(at, backend, 3, 1),
        new Event.HealthChanged(at, backend, false, "connection refused", false),
        new Event.Announced(at, "circuit-breaker", "circuit-open", backend.toString(), "open"),
        new Event.PluginChanged(at, "circuit-breaker", "1.0.0", "started", ""),
        new Event.DrainStarted(at, backend),
        new Event.DrainEnded(at, backend, Event.DrainEnded.Outcome.COMPLETED),
        new Event.BackendRemoved(at, backend));
  }
}
