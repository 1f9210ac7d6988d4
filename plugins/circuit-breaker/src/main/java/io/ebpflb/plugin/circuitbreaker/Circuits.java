package io.ebpflb.plugin.circuitbreaker;

import io.ebpflb.api.Backend;
import io.ebpflb.api.KeptState;
import io.ebpflb.api.Metrics;
import io.ebpflb.api.PluginContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** All circuits of all services, and what operators said of them. On the plugin's own thread. */
final class Circuits {
  private static final int KEPT_VERSION = 1;

  private final List<CircuitBreaker> breakers = new ArrayList<>();

  /** By {@code service/address:port}; also of backends that are not there now. */
  private final Map<String, CircuitState> forced = new TreeMap<>();

  private PluginContext context;
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
    given.state().load().ifPresent(this::restore);
  }

  /** One line for each: the state, a space, and whose. */
  private void restore(KeptState.Kept kept) {
    if (kept.version() != KEPT_VERSION) {
      context
          .logger()
          .log(
              System.Logger.Level.WARNING,
              "forced circuits of format {0} are not understood and are forgotten",
              kept.version());
      return;
    }
    kept.text()
        .lines()
        .map(line -> line.split(" ", 2))
        .forEach(
            words -> forced.put(words[1], CircuitState.valueOf(words[0].toUpperCase(Locale.ROOT))));
  }

  private void save() {
    String text =
        forced.entrySet().stream()
            .map(each -> each.getValue().text() + " " + each.getKey())
            .collect(Collectors.joining("\n"));
    context.state().save(new KeptState.Kept(KEPT_VERSION, text));
  }

  void remove(CircuitBreaker breaker) {
    breakers.remove(breaker);
  }

  boolean isEmpty() {
    return breakers.isEmpty();
  }

  Optional<CircuitState> forcedState(Backend backend) {
    return Optional.ofNullable(forced.get(backend.toString()));
  }

  void force(Backend backend, CircuitState state) {
    List<Circuit> found = find(backend);
    if (found.isEmpty()) {
      throw unknown(backend);
    }
    found.forEach(circuit -> circuit.force(state));
    forced.put(backend.toString(), state);
    save();
    context.replan();
  }

  /** Also of a backend that is not there now, whose circuit would be forced when it comes back. */
  void reset(Backend backend) {
    List<Circuit> found = find(backend);
    if (forced.remove(backend.toString()) == null && found.isEmpty()) {
      throw unknown(backend);
    }
    found.forEach(Circuit::reset);
    save();
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

  void forget(Backend backend) {
    breakers.forEach(breaker -> breaker.forget(backend));
  }

  void show(Backend backend, CircuitState state, double errorRate) {
    states.set(state.number(), backend.service(), backend.endpoint());
    errorRates.set(errorRate, backend.service(), backend.endpoint());
  }

  void hide(Backend backend) {
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
