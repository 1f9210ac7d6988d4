package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Backend;
import io.ebpflb.api.Event;
import io.ebpflb.api.Event.BackendAdded;
import io.ebpflb.api.Event.BackendRemoved;
import io.ebpflb.api.Event.HealthChanged;
import io.ebpflb.api.PluginContext.Registration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Passes events on to the listeners of all plugins and remembers what is so now, which is what a
 * new listener is told first. Thread-safe; never waits for a plugin.
 */
final class EventHub {
  private final List<EventListener<?>> listeners = new CopyOnWriteArrayList<>();
  private final Map<Backend, BackendAdded> backends = new LinkedHashMap<>();
  private final Map<Backend, HealthChanged> verdicts = new LinkedHashMap<>();

  synchronized void publish(Event event) {
    remember(event);
    listeners.forEach(listener -> listener.offer(event));
  }

  /** Whether anybody listens to events of this kind. */
  boolean isWanted(Class<? extends Event> kind) {
    return listeners.stream().anyMatch(listener -> listener.takes(kind));
  }

  synchronized Registration subscribe(EventListener<?> listener) {
    backends.values().forEach(listener::offer);
    verdicts.values().forEach(listener::offer);
    listeners.add(listener);
    return () -> {
      listeners.remove(listener);
      listener.close();
    };
  }

  private void remember(Event event) {
    if (event instanceof BackendAdded added) {
      backends.put(added.backend(), new BackendAdded(added.at(), added.backend(), true));
    } else if (event instanceof BackendRemoved removed) {
      backends.remove(removed.backend());
      verdicts.remove(removed.backend());
    } else if (event instanceof HealthChanged changed) {
      verdicts.put(
          changed.backend(),
          new HealthChanged(
              changed.at(), changed.backend(), changed.isHealthy(), changed.detail(), true));
    }
  }
}
