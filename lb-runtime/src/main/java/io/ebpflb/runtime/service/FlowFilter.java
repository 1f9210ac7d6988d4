package io.ebpflb.runtime.service;

import io.ebpflb.runtime.dataplane.Plan;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which flows an operator means: those that match every part that is there.
 *
 * @param service by name
 * @param backend {@code 10.0.0.1:8080}; without a service: in each that has it
 * @param client with an address in this prefix
 * @param clientPort 1 to 65535
 */
public record FlowFilter(
    Optional<String> service,
    Optional<String> backend,
    Optional<Plan.Prefix> client,
    OptionalInt clientPort) {

  /** Every flow. */
  public static final FlowFilter ALL =
      new FlowFilter(Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty());
}
