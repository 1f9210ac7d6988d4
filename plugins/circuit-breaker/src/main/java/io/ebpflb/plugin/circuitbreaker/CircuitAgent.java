package io.ebpflb.plugin.circuitbreaker;

import io.ebpflb.api.Agent;
import io.ebpflb.api.Backend;
import io.ebpflb.api.Endpoints;
import io.ebpflb.api.Event;
import io.ebpflb.api.NoConfig;
import io.ebpflb.api.OperationResult;
import io.ebpflb.api.PluginContext;
import io.ebpflb.api.Role;
import java.net.InetSocketAddress;
import java.time.Duration;

/** What happens to circuits from outside: time, health checks, operators. */
final class CircuitAgent implements Agent {
  /** How soon a failing backend is noticed without any other reason to plan. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Circuits circuits;

  CircuitAgent(Circuits circuits, PluginContext context) {
    this.circuits = circuits;
    circuits.use(context);
    context.every(LOOK, () -> look(context));
    context.on(
        Event.HealthChecked.class, event -> circuits.checked(event.backend(), event.isPassed()));
    context.on(Event.BackendRemoved.class, event -> circuits.forget(event.backend()));
    context.operation("circuit list", NoConfig.class, Role.VIEWER, none -> list());
    context.operation("circuit open", CircuitName.class, Role.OPERATOR, this::open);
    context.operation("circuit close", CircuitName.class, Role.OPERATOR, this::close);
    context.operation("circuit reset", CircuitName.class, Role.OPERATOR, this::reset);
  }

  private void look(PluginContext context) {
    circuits.settled();
    if (!circuits.isEmpty()) {
      context.replan();
    }
  }

  private OperationResult list() {
    OperationResult[] table = {
      OperationResult.table("service", "backend", "state", "forced", "error-rate")
    };
    circuits.forEach((backend, circuit) -> table[0] = table[0].row(row(backend, circuit)));
    return table[0];
  }

  private static Object[] row(Backend backend, Circuit circuit) {
    return new Object[] {
      backend.service(),
      backend.endpoint(),
      circuit.state().text(),
      circuit.forced().isPresent(),
      circuit.errorRate()
    };
  }

  private OperationResult open(CircuitName name) {
    circuits.force(backend(name), CircuitState.OPEN);
    return OperationResult.done("circuit of " + name.text() + " is open until it is reset");
  }

  private OperationResult close(CircuitName name) {
    circuits.force(backend(name), CircuitState.CLOSED);
    return OperationResult.done("circuit of " + name.text() + " is closed until it is reset");
  }

  private OperationResult reset(CircuitName name) {
    circuits.reset(backend(name));
    return OperationResult.done("circuit of " + name.text() + " starts anew, closed");
  }

  private static Backend backend(CircuitName name) {
    InetSocketAddress endpoint = Endpoints.parse(name.backend());
    return Backend.of(name.service(), endpoint.getAddress(), endpoint.getPort());
  }
}
