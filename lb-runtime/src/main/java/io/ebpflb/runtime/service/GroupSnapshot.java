package io.ebpflb.runtime.service;

import java.util.List;
import java.util.Optional;

/**
 * One target group of a service.
 *
 * @param source the source prefix that leads to it ({@code 192.168.0.0/16}); empty for the default
 * @param configuredInForce whether configured weights stay in force because no backend is left
 * @param targets in file order
 * @param backends in file order, those of one target sorted by address
 */
public record GroupSnapshot(
    Optional<String> source,
    boolean configuredInForce,
    List<TargetSnapshot> targets,
    List<BackendSnapshot> backends) {
  public GroupSnapshot {
    targets = List.copyOf(targets);
    backends = List.copyOf(backends);
  }
}
