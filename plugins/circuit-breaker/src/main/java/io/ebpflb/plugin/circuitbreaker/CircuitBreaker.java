package io.ebpflb.plugin.circuitbreaker;

import io.ebpflb.api.Backend;
import io.ebpflb.api.BackendView;
import io.ebpflb.api.WeightModifier;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The circuits of one service. On the plugin's own thread, as everything here. */
final class CircuitBreaker implements WeightModifier {
  private final CircuitBreakerSettings settings;
  private final Clock clock;
  private final Circuits circuits;
  private final Map<Backend, Tracked> tracked = new LinkedHashMap<>();

  CircuitBreaker(CircuitBreakerSettings settings, Clock clock, Circuits circuits) {
    this.settings = settings;
    this.clock = clock;
    this.circuits = circuits;
  }

  /** A circuit, and which of the backend's totals it has taken in. */
  private static final class Tracked {
    private final Circuit circuit;
    private CircuitState told;
    private long answered;
    private long failed;
    private long checksPassed;
    private long checksFailed;

    private Tracked(Circuit circuit, BackendView view) {
      this.circuit = circuit;
      told = circuit.state();
      takeTotals(view);
    }

    private void takeTotals(BackendView view) {
      answered = view.answeredFlows();
      failed = failures(view);
      checksPassed = 0;
      checksFailed = 0;
    }

    private static long failures(BackendView view) {
      return view.refusedConnections() + view.unansweredConnections();
    }

    /** A passed check speaks only where no traffic does, or it would hide that traffic fails. */
    private void observe(BackendView view, Instant now) {
      long newlyAnswered = Math.max(0, view.answeredFlows() - answered);
      long newlyFailed = Math.max(0, failures(view) - failed);
      boolean isSilent = newlyAnswered + newlyFailed == 0;
      circuit.observe(now, isSilent ? checksPassed : newlyAnswered, newlyFailed + checksFailed);
      takeTotals(view);
    }
  }

  @Override
  public double[] factors(List<BackendView> group) {
    Instant now = clock.instant();
    boolean anyClosed = false;
    for (BackendView view : group) {
      Tracked each = tracked.computeIfAbsent(view.backend(), backend -> track(view));
      each.observe(view, now);
      circuits.observed(view.backend(), each.circuit);
      tell(view.backend(), each);
      anyClosed |= isUsable(view) && each.circuit.state() == CircuitState.CLOSED;
    }
    circuits.settled();
    double[] factors = new double[group.size()];
    for (int i = 0; i < factors.length; i++) {
      Circuit circuit = tracked.get(group.get(i).backend()).circuit;
      factors[i] = anyClosed ? circuit.factor() : withoutAnyClosed(circuit);
    }
    return factors;
  }

  private Tracked track(BackendView view) {
    return new Tracked(circuits.circuit(view.backend(), settings), view);
  }

  private static boolean isUsable(BackendView view) {
    return view.isReady() && view.isHealthy() && view.configuredWeight() > 0;
  }

  /**
   * Where nothing is left to go to, the breaker stands aside: the first circuit to try again would
   * else get the traffic of all.
   */
  private static double withoutAnyClosed(Circuit circuit) {
    boolean isForcedOpen = circuit.forced().filter(CircuitState.OPEN::equals).isPresent();
    return isForcedOpen ? 0 : 1;
  }

  private void tell(Backend backend, Tracked each) {
    CircuitState state = each.circuit.state();
    circuits.show(backend, state, each.circuit.errorRate());
    if (state != each.told) {
      circuits.announce(backend, each.told, state, each.circuit.errorRate());
      each.told = state;
    }
  }

  /** A health check ended. */
  void checked(Backend backend, boolean isPassed) {
    Tracked each = tracked.get(backend);
    if (each != null && isPassed) {
      each.checksPassed++;
    } else if (each != null) {
      each.checksFailed++;
    }
  }

  void forget(Backend backend) {
    if (tracked.remove(backend) != null) {
      circuits.hideIfUnused(backend);
    }
  }

  Optional<Circuit> find(Backend backend) {
    return Optional.ofNullable(tracked.get(backend)).map(each -> each.circuit);
  }

  void forEach(BiConsumer<Backend, Circuit> consumer) {
    tracked.forEach((backend, each) -> consumer.accept(backend, each.circuit));
  }

  @Override
  public void close() {
    List.copyOf(tracked.keySet()).forEach(this::forget);
    circuits.remove(this);
  }
}
