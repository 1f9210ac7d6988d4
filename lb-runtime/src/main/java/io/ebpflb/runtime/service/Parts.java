package io.ebpflb.runtime.service;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Targets and extensions as what must be closed once, by whichever config used them last. */
final class Parts {
  private Parts() {}

  /** Those of the first services that none of the others uses. */
  static List<AutoCloseable> onlyIn(List<BalancedService> services, List<BalancedService> others) {
    Set<AutoCloseable> used =
        others.stream()
            .flatMap(BalancedService::parts)
            .collect(Collectors.toCollection(Parts::identities));
    return services.stream()
        .flatMap(BalancedService::parts)
        .filter(part -> !used.contains(part))
        .toList();
  }

  private static Set<AutoCloseable> identities() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  static void close(Stream<AutoCloseable> parts) {
    parts.forEach(Parts::close);
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      throw new IllegalStateException("extensions close without throwing", e);
    }
  }
}
