package io.ebpflb.runtime.service;

import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.config.NearNames;
import io.ebpflb.runtime.dataplane.DataPlane;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.FlowList;
import io.ebpflb.runtime.dataplane.FlowQuery;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.service.OperationException.Kind;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Carries operations out on the reconciler's loop, one after the other. */
final class LoopOperations implements Operations {
  private final Loop loop;
  private final Reconciler reconciler;
  private final AdminStates admin;
  private final Executor flowTable;

  /**
   * @param flowTable runs what reads the whole flow table, which takes too long for the loop
   */
  LoopOperations(Loop loop, Reconciler reconciler, AdminStates admin, Executor flowTable) {
    this.flowTable = flowTable;
    this.loop = loop;
    this.reconciler = reconciler;
    this.admin = admin;
  }

  /** A backend that was named, in the service that it was found in. */
  private record Named(BalancedService service, BackendKey key) {}

  @Override
  public CompletableFuture<Void> setAdminState(
      String service, String backend, AdminState state, Optional<Duration> drainTimeout) {
    return onLoop(
        service,
        backend,
        named -> {
          if (drainTimeout.isPresent() && drainTimeout.get().isNegative()) {
            throw new OperationException(Kind.INVALID, "a drain timeout below zero");
          }
          Duration timeout = drainTimeout.orElse(named.service().drainTimeout());
          CompletableFuture<Void> inForce =
              inForce(service, admin.setState(named.key(), state, timeout));
          return state == AdminState.MAINTENANCE
              ? CompletableFuture.allOf(inForce, cut(named.key()))
              : inForce;
        });
  }

  /** Twice, since a packet that read the old table may open one more flow. */
  private CompletableFuture<Long> cut(BackendKey backend) {
    loop.after(
        Drain.MIN,
        () -> {
          if (admin.of(backend).state() == AdminState.MAINTENANCE) {
            removeFlows(FlowQuery.ofBackend(backend));
          }
        });
    return removeFlows(FlowQuery.ofBackend(backend));
  }

  private CompletableFuture<Long> removeFlows(FlowQuery query) {
    DataPlane dataPlane = reconciler.dataPlane();
    return CompletableFuture.supplyAsync(() -> dataPlane.removeFlows(query), flowTable);
  }

  @Override
  public CompletableFuture<HealthSnapshot> checkNow(String service, String backend) {
    return onLoop(service, backend, named -> reconciler.checkNow(named.key()))
        .thenCompose(health -> onLoop(() -> inForce(service)).thenApply(done -> health));
  }

  @Override
  public CompletableFuture<Void> checkNow(String service) {
    return onLoop(
            () -> {
              List<BackendKey> checked = findService(service).checked();
              if (checked.isEmpty()) {
                throw new OperationException(
                    Kind.NOT_POSSIBLE, "no backend of service \"" + service + "\" is checked");
              }
              return CompletableFuture.allOf(
                  checked.stream().map(reconciler::checkNow).toArray(CompletableFuture<?>[]::new));
            })
        .thenCompose(done -> onLoop(() -> inForce(service)));
  }

  private CompletableFuture<Void> inForce(String service) {
    reconciler.reconcileNow(service);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<FlowList> flows(FlowFilter filter, int limit) {
    return onLoop(
        () -> {
          if (limit < 0) {
            throw new OperationException(Kind.INVALID, "a limit below 0");
          }
          FlowQuery query = query(filter);
          DataPlane dataPlane = reconciler.dataPlane();
          return CompletableFuture.supplyAsync(() -> dataPlane.flows(query, limit), flowTable);
        });
  }

  @Override
  public CompletableFuture<Long> killFlows(FlowFilter filter) {
    return onLoop(() -> removeFlows(query(filter)));
  }

  private FlowQuery query(FlowFilter filter) {
    if (filter.service().isEmpty() && filter.backend().isEmpty()) {
      return new FlowQuery(Optional.empty(), filter.client(), filter.clientPort());
    }
    List<BalancedService> services =
        filter
            .service()
            .map(name -> List.of(findService(name)))
            .orElseGet(() -> reconciler.services());
    Set<BackendKey> backends =
        services.stream()
            .flatMap(service -> service.known().stream())
            .filter(key -> filter.backend().map(text(key.endpoint())::equals).orElse(true))
            .collect(Collectors.toSet());
    if (backends.isEmpty() && filter.backend().isPresent()) {
      throw unknownBackend(
          filter.service().map(name -> "service \"" + name + "\" has").orElse("there is"),
          filter.backend().get(),
          services.stream().flatMap(service -> service.endpoints().stream()).toList());
    }
    return new FlowQuery(Optional.of(backends), filter.client(), filter.clientPort());
  }

  @Override
  public CompletableFuture<DrainOutcome> awaitDrain(String service, String backend) {
    return onLoop(
        service,
        backend,
        named ->
            admin
                .drain(named.key())
                .map(Drain::ended)
                .orElseThrow(
                    () ->
                        new OperationException(
                            Kind.NOT_POSSIBLE,
                            "backend %s of service \"%s\" is not being drained"
                                .formatted(backend, service))));
  }

  @Override
  public CompletableFuture<Void> setWeight(String service, String backend, OptionalDouble weight) {
    return onLoop(
        service,
        backend,
        named -> {
          if (!weight.stream().allMatch(number -> number >= 0 && Double.isFinite(number))) {
            throw new OperationException(
                Kind.INVALID, "a weight is a number from 0 up, not " + weight.getAsDouble());
          }
          return inForce(service, admin.setWeight(named.key(), weight));
        });
  }

  @Override
  public CompletableFuture<Void> forceHealth(String service, String backend, ForcedHealth health) {
    return onLoop(
        service, backend, named -> inForce(service, admin.forceHealth(named.key(), health)));
  }

  private CompletableFuture<Void> inForce(String service, CompletableFuture<Void> kept) {
    reconciler.reconcileNow(service);
    return kept.exceptionally(
        e -> {
          throw new OperationException(
              Kind.NOT_KEPT,
              "in force, but it would be lost at a restart: the state file: " + e.getMessage());
        });
  }

  private <T> CompletableFuture<T> onLoop(
      String service, String backend, Function<Named, CompletableFuture<T>> operation) {
    return onLoop(() -> operation.apply(find(service, backend)));
  }

  private <T> CompletableFuture<T> onLoop(Supplier<CompletableFuture<T>> operation) {
    CompletableFuture<CompletableFuture<T>> begun = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            begun.complete(operation.get());
          } catch (RuntimeException e) {
            begun.completeExceptionally(e);
          }
        });
    return begun.thenCompose(Function.identity());
  }

  private Named find(String name, String backend) {
    BalancedService service = findService(name);
    List<Plan.Endpoint> endpoints = service.endpoints();
    return findEndpoint(backend)
        .filter(endpoints::contains)
        .map(endpoint -> new Named(service, new BackendKey(name, endpoint)))
        .orElseThrow(() -> unknownBackend("service \"" + name + "\" has", backend, endpoints));
  }

  private BalancedService findService(String name) {
    return reconciler
        .findService(name)
        .orElseThrow(
            () ->
                new OperationException(
                    Kind.UNKNOWN_SERVICE,
                    "there is no service \"" + name + "\"",
                    NearNames.of(name, reconciler.serviceNames())));
  }

  private static OperationException unknownBackend(
      String who, String backend, List<Plan.Endpoint> endpoints) {
    return new OperationException(
        Kind.UNKNOWN_BACKEND,
        who + " no backend " + backend,
        NearNames.of(backend, endpoints.stream().map(LoopOperations::text).distinct().toList()));
  }

  private static Optional<Plan.Endpoint> findEndpoint(String backend) {
    try {
      InetSocketAddress endpoint = Endpoints.parse(backend);
      return Optional.of(new Plan.Endpoint(endpoint.getAddress(), endpoint.getPort()));
    } catch (IllegalArgumentException notAnEndpoint) {
      return Optional.empty();
    }
  }

  private static String text(Plan.Endpoint endpoint) {
    return Endpoints.format(endpoint.address(), endpoint.port());
  }
}
