package io.ebpflb.runtime.service;

import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.config.NearNames;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.service.OperationException.Kind;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Carries operations out on the reconciler's loop, one after the other. */
final class LoopOperations implements Operations {
  private final Loop loop;
  private final Reconciler reconciler;
  private final AdminStates admin;

  LoopOperations(Loop loop, Reconciler reconciler, AdminStates admin) {
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
          return inForce(service, admin.setState(named.key(), state, timeout));
        });
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
    CompletableFuture<CompletableFuture<T>> begun = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            begun.complete(operation.apply(find(service, backend)));
          } catch (RuntimeException e) {
            begun.completeExceptionally(e);
          }
        });
    return begun.thenCompose(Function.identity());
  }

  private Named find(String name, String backend) {
    BalancedService service =
        reconciler
            .findService(name)
            .orElseThrow(
                () ->
                    new OperationException(
                        Kind.UNKNOWN_SERVICE,
                        "there is no service \"" + name + "\"",
                        NearNames.of(name, reconciler.serviceNames())));
    List<Plan.Endpoint> endpoints = service.endpoints();
    return findEndpoint(backend)
        .filter(endpoints::contains)
        .map(endpoint -> new Named(service, new BackendKey(name, endpoint)))
        .orElseThrow(
            () ->
                new OperationException(
                    Kind.UNKNOWN_BACKEND,
                    "service \"" + name + "\" has no backend " + backend,
                    NearNames.of(backend, endpoints.stream().map(LoopOperations::text).toList())));
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
