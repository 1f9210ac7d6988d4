package io.ebpflb.runtime.dataplane;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Which flows: those that match every part that is there.
 *
 * @param backends of any of these
 * @param client with an address in this prefix
 * @param clientPort 1 to 65535
 */
public record FlowQuery(
    Optional<Set<DataPlane.BackendKey>> backends,
    Optional<Plan.Prefix> client,
    OptionalInt clientPort) {

  /** Every flow. */
  public static final FlowQuery ALL =
      new FlowQuery(Optional.empty(), Optional.empty(), OptionalInt.empty());

  public FlowQuery {
    backends = backends.map(Set::copyOf);
  }

  public static FlowQuery ofBackend(DataPlane.BackendKey backend) {
    return new FlowQuery(Optional.of(Set.of(backend)), Optional.empty(), OptionalInt.empty());
  }
}
