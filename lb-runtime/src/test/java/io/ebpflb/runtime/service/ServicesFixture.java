package io.ebpflb.runtime.service;

import io.ebpflb.runtime.config.Configuration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** Services with all that is between their config and the data plane, on a clock set by a test. */
abstract class ServicesFixture {
  final ManualLoop loop = new ManualLoop();
  final FakeDataPlane dataPlane = new FakeDataPlane();
  final FakeExtensions extensions = new FakeExtensions();
  final AdminStates admin = new AdminStates(loop, new FakeStore());
  final HealthMonitor health =
      new HealthMonitor(
          loop, new SplittableRandom(1), (backend, result, latency) -> {}, this::factsChanged);
  final ServiceAssembly assembly = new ServiceAssembly(extensions, loop, admin, this::factsChanged);
  Reconciler reconciler;
  Operations operations;

  private void factsChanged(String service) {
    reconciler.factsChanged(service);
  }

  /**
   * @return what the start says of the first plan
   */
  final CompletableFuture<Void> start(Configuration.Service... services) {
    reconciler =
        new Reconciler(
            loop, health, new EventSource(loop, extensions), assembly.assemble(List.of(services)));
    operations = new LoopOperations(loop, reconciler, admin, Runnable::run);
    CompletableFuture<Void> firstPlan = reconciler.start(dataPlane);
    loop.run();
    return firstPlan;
  }

  /** Asks for other services in the place of those that run. */
  final CompletableFuture<ConfigComparison> replace(
      boolean isTrial, Configuration.Service... services) {
    CompletableFuture<ConfigComparison> done =
        reconciler.replace(assembly.assemble(List.of(services), reconciler.services()), isTrial);
    loop.run();
    return done;
  }

  /** Addresses and weights that the data plane was given last. */
  final List<String> weights(String service) {
    return dataPlane.inForce().services().stream()
        .filter(each -> each.name().equals(service))
        .flatMap(each -> each.group().backends().stream())
        .map(b -> b.endpoint().address().getHostAddress() + ":" + b.weight())
        .toList();
  }
}
