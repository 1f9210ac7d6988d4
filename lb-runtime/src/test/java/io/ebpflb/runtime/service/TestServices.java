package io.ebpflb.runtime.service;

import io.ebpflb.api.Extension;
import io.ebpflb.api.NoConfig;
import io.ebpflb.api.Protocol;
import io.ebpflb.api.Resolution;
import io.ebpflb.api.TargetResolver;
import io.ebpflb.runtime.config.Bound;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.config.Configuration.Algorithm;
import io.ebpflb.runtime.config.Configuration.AtStart;
import io.ebpflb.runtime.config.Configuration.Group;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.config.Configuration.OwnCheck;
import io.ebpflb.runtime.config.Configuration.SourceRoute;
import io.ebpflb.runtime.config.Configuration.Target;
import io.ebpflb.runtime.config.Configuration.Use;
import io.ebpflb.runtime.dataplane.Plan;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** Configured services in a line. */
final class TestServices {
  static final Use CHECKER =
      new Use(
          Extension.healthChecker("test", NoConfig.class, (config, context) -> null),
          new Bound<>(new NoConfig(), List.of()));

  static final Duration DRAIN = Duration.ofSeconds(60);

  private static final Extension<Named> RESOLVER =
      Extension.targetResolver("test", Named.class, (config, context) -> null);

  /** Lets a fake host tell targets apart. */
  record Named(String label) {}

  private TestServices() {}

  private static Bound<Named> named(String label) {
    return new Bound<>(new Named(label), List.of(label));
  }

  static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static Plan.Endpoint endpoint(String literal) {
    return new Plan.Endpoint(address(literal), 8080);
  }

  static HealthCheck check(int rise, int fall) {
    return check(CHECKER, OptionalInt.empty(), rise, fall);
  }

  static HealthCheck check(Use checker, OptionalInt port, int rise, int fall) {
    return new HealthCheck(
        checker, port, Duration.ofMillis(500), Duration.ofMillis(200), rise, fall, Duration.ZERO);
  }

  static Configuration.Service service(
      String name, Optional<HealthCheck> check, List<Target> targets, SourceRoute... routes) {
    return new Configuration.Service(
        name,
        Optional.of(address("203.0.113.10")),
        80,
        Protocol.TCP,
        Algorithm.MAGLEV,
        new Group(targets),
        List.of(routes),
        check,
        DRAIN,
        List.of(),
        List.of());
  }

  /** The same with the modifier that a test sets. */
  static Configuration.Service withModifier(Configuration.Service service) {
    return new Configuration.Service(
        service.name(),
        service.address(),
        service.port(),
        service.protocol(),
        service.algorithm(),
        service.targets(),
        service.routes(),
        service.healthCheck(),
        service.drainTimeout(),
        List.of(FakeExtensions.SCALE),
        List.of());
  }

  /** A target with a label that says which answers it gets. */
  static Target target(String label, double weight) {
    return new Target(
        new Use(RESOLVER, named(label)), label, weight, Optional.empty(), AtStart.WAIT);
  }

  /** The same with a check of its own, or none at all. */
  static Target target(String label, double weight, Optional<HealthCheck> own) {
    return new Target(
        new Use(RESOLVER, named(label)),
        label,
        weight,
        Optional.of(new OwnCheck(own)),
        AtStart.WAIT);
  }

  /** One without whose answer nothing starts. */
  static Target neededTarget(String label) {
    return new Target(new Use(RESOLVER, named(label)), label, 1, Optional.empty(), AtStart.FAIL);
  }

  static SourceRoute route(String prefix, int length, Target... targets) {
    return new SourceRoute(address(prefix), length, new Group(List.of(targets)));
  }

  static Resolution resolution(Duration validFor, String... addresses) {
    return Resolution.of(
        List.of(addresses).stream().map(TestServices::address).toList(), 8080, validFor);
  }

  /** Answers at once and for ever with the one address. */
  static TargetResolver fixed(String address) {
    return () -> CompletableFuture.completedFuture(resolution(Resolution.FOREVER, address));
  }
}
