package io.ebpflb.api;

import java.time.Instant;
import java.util.Objects;

/**
 * Something that changed, told to listeners of {@link PluginContext#on}. Made by the runtime alone.
 * Further kinds may come in any version.
 */
public sealed interface Event {

  /** When it was noticed. */
  Instant at();

  /** One that is about a backend of a service. */
  sealed interface OfBackend extends Event {
    Backend backend();
  }

  /**
   * A backend takes part in its service.
   *
   * @param isSnapshot it did so already when the listener came
   */
  record BackendAdded(Instant at, Backend backend, boolean isSnapshot) implements OfBackend {}

  /** A backend left every group of its service. */
  record BackendRemoved(Instant at, Backend backend) implements OfBackend {}

  /**
   * The verdict of the health checks.
   *
   * @param detail what the last check saw, for an operator
   * @param isSnapshot it was so already when the listener came
   */
  record HealthChanged(
      Instant at, Backend backend, boolean isHealthy, String detail, boolean isSnapshot)
      implements OfBackend {}

  /**
   * One health check ended. Told only to who listens for this kind alone, since there may be
   * thousands a second.
   */
  record HealthChecked(Instant at, Backend backend, boolean isPassed, String detail)
      implements OfBackend {}

  /**
   * The weight in force, with health, admin state and modifiers in it; 0 takes no new flows.
   *
   * @param before 0 for a backend that was added
   */
  record WeightChanged(Instant at, Backend backend, double before, double now)
      implements OfBackend {}

  /** The flows of a backend that left, or that an operator drains, are given time to end. */
  record DrainStarted(Instant at, Backend backend) implements OfBackend {}

  /** That time is over. */
  record DrainEnded(Instant at, Backend backend, Outcome outcome) implements OfBackend {

    public enum Outcome {
      /** No flow was left. */
      COMPLETED,
      /** Flows were still running when its time was over; they go on. */
      TIMED_OUT,
      /** The backend came back, or the operator made it ready or drained it anew. */
      CANCELLED
    }
  }

  /**
   * Connections of clients that failed at a backend, as packets show; told at most once a second
   * for each backend.
   *
   * @param refused answered by RST since the last such event
   * @param unanswered SYNs without an answer since the last such event
   */
  record ConnectFailures(Instant at, Backend backend, long refused, long unanswered)
      implements OfBackend {}

  /**
   * A plugin was loaded, upgraded, unloaded, or is in another state than before.
   *
   * @param plugin its id; the name of its file while that does not tell the id
   * @param state {@code started} (also when a quarantine has ended), {@code disabled}, {@code
   *     incompatible}, {@code failed}, {@code quarantined}, {@code superseded}, {@code removed}
   *     while services still hold what it made, or {@code unloaded}; further ones may come
   * @param detail why, for an operator; may be empty
   */
  record PluginChanged(Instant at, String plugin, String version, String state, String detail)
      implements Event {}

  /**
   * What a plugin told by {@link PluginContext#announce}.
   *
   * @param plugin the id of the plugin
   * @param name kebab-case, for example {@code circuit-opened}
   * @param subject what it is about, for example {@code web/10.0.0.1:8080}
   * @param detail for an operator
   */
  record Announced(Instant at, String plugin, String name, String subject, String detail)
      implements Event {
    public Announced {
      Objects.requireNonNull(subject, "subject");
      Objects.requireNonNull(detail, "detail");
      if (!name.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*")) {
        throw new IllegalArgumentException("event name is not kebab-case: " + name);
      }
    }
  }
}
