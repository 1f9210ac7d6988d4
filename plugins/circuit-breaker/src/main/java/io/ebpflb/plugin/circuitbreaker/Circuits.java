package io.ebpflb.plugin.circuitbreaker;

import io.ebpflb.api.Backend;
import io.ebpflb.api.Metrics;
import io.ebpflb.api.PluginContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** All circuits of all services, and what operators said of them. On the plugin's own thread. */
final class Circuits {
  private final List<CircuitBreaker> breakers = new ArrayList<>();
  private PluginContext context;
  private KeptCircuits kept;
  private Metrics.Gauge states;
  private Metrics.Gauge errorRates;

  CircuitBreaker breaker(CircuitBreakerSettings settings, PluginContext context) {
    use(context);
    CircuitBreaker breaker = new CircuitBreaker(settings, context.clock(), this);
    breakers.add(breaker);
    return breaker;
  }

  /** There is one context for the plugin; whoever comes first brings it. */
  void use(PluginContext given) {
    if (context != null) {
      return;
    }
    context = given;
    states =
        given
            .metrics()
            .gauge("state", "Circuit: 0 closed, 1 open, 2 half-open", "service", "backend");
    errorRates =
        given
            .metrics()
            .gauge(
                "error_rate", "Failed connections per outcome in the window", "service", "backend");
    kept = new KeptCircuits(given.state());
    try {
      kept.load(given.clock().instant());
    } catch (IllegalArgumentException e) {
      given
          .logger()
          .log(
              System.Logger.Level.WARNING,
              "kept circuits are not understood, all start anew: {0}",
              e.getMessage());
    }
  }

  void remove(CircuitBreaker breaker) {
    breakers.remove(breaker);
  }

  boolean isEmpty() {
    return breakers.isEmpty();
  }

  /** A circuit for a backend, where the last one for it stopped. */
  Circuit circuit(Backend backend, CircuitBreakerSettings settings) {
    Circuit circuit = new Circuit(settings);
    kept.tripped(backend).ifPresent(circuit::resume);
    kept.forced(backend).ifPresent(circuit::force);
    return circuit;
  }

  /** Time or outcomes may have changed it. */
  void observed(Backend backend, Circuit circuit) {
    kept.trip(backend, circuit.tripped());
  }

  /** All that changed at a time has been told. */
  void settled() {
    kept.saveIfChanged();
  }

  void force(Backend backend, CircuitState state) {
    List<Circuit> found = find(backend);
    if (found.isEmpty()) {
      throw unknown(backend);
    }
    found.forEach(circuit -> circuit.force(state));
    kept.force(backend, state);
    context.replan();
  }

  /** Also of a backend that is not there now, whose circuit would be forced when it comes back. */
  void reset(Backend backend) {
    List<Circuit> found = find(backend);
    if (!kept.reset(backend) && found.isEmpty()) {
      throw unknown(backend);
    }
    found.forEach(Circuit::reset);
    context.replan();
  }

  private List<Circuit> find(Backend backend) {
    return breakers.stream().flatMap(breaker -> breaker.find(backend).stream()).toList();
  }

  private static IllegalArgumentException unknown(Backend backend) {
    return new IllegalArgumentException(
        "no circuit of service \"%s\", backend %s; see: circuit list"
            .formatted(backend.service(), backend.endpoint()));
  }

  void forEach(BiConsumer<Backend, Circuit> consumer) {
    breakers.forEach(breaker -> breaker.forEach(consumer));
  }

  void checked(Backend backend, boolean isPassed) {
    breakers.forEach(breaker -> breaker.checked(backend, isPassed));
  }

  /** The circuit of a backend that left starts anew when it comes back. */
  void forget(Backend backend) {
    kept.trip(backend, Optional.empty());
    breakers.forEach(breaker -> breaker.forget(backend));
  }

  void show(Backend backend, CircuitState state, double errorRate) {
    states.set(state.number(), backend.service(), backend.endpoint());
    errorRates.set(errorRate, backend.service(), backend.endpoint());
  }

  /** A service with other settings has new circuits before its old ones go. */
  void hideIfUnused(Backend backend) {
    if (!find(backend).isEmpty()) {
      return;
    }
    states.remove(backend.service(), backend.endpoint());
    errorRates.remove(backend.service(), backend.endpoint());
  }

  void announce(Backend backend, CircuitState before, CircuitState now, double errorRate) {
    String detail =
        "circuit %s, was %s, %.0f %% of the window's connections failed"
            .formatted(now.text(), before.text(), errorRate * 100);
    context.logger().log(System.Logger.Level.INFO, "{0}: {1}", backend, detail);
    context.announce("circuit-" + now.text(), backend.toString(), detail);
  }
}
