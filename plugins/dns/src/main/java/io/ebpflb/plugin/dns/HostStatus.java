package io.ebpflb.plugin.dns;

import io.ebpflb.api.Endpoints;
import io.ebpflb.api.Resolution.Entry;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** What is known of one host: told to operators, metrics and listeners when it changes. */
final class HostStatus {
  enum State {
    WAITING,
    RESOLVED,
    EMPTY,
    FAILING
  }

  /** How one resolution ended. */
  enum Outcome {
    RESOLVED,
    /** There is no such name. */
    NXDOMAIN,
    /** The name is there, without what was asked for. */
    EMPTY,
    /** No name server could say. */
    FAILING
  }

  private final Hosts hosts;
  private final TargetSettings target;
  private State state = State.WAITING;
  private List<String> backends = List.of();
  private Optional<String> problem = Optional.empty();
  private Optional<Instant> resolvedAt = Optional.empty();

  HostStatus(Hosts hosts, TargetSettings target) {
    this.hosts = hosts;
    this.target = target;
  }

  void resolved(List<Entry> entries) {
    List<String> found =
        entries.stream().map(e -> Endpoints.format(e.address(), e.port())).sorted().toList();
    if (state == State.FAILING) {
      hosts.announce("resolution-recovered", this, found.size() + " backends");
    }
    if (!backends.isEmpty() && !backends.equals(found)) {
      hosts.announce("addresses-changed", this, String.join(", ", found));
    }
    set(State.RESOLVED, found, Optional.empty());
    hosts.count(this, Outcome.RESOLVED);
  }

  void empty(Outcome outcome, String reason) {
    if (state != State.EMPTY) {
      hosts.announce("name-empty", this, reason + "; its backends are drained");
    }
    set(State.EMPTY, List.of(), Optional.of(reason));
    hosts.count(this, outcome);
  }

  private void set(State newState, List<String> found, Optional<String> newProblem) {
    state = newState;
    backends = found;
    problem = newProblem;
    resolvedAt = newState == State.FAILING ? resolvedAt : Optional.of(hosts.now());
  }

  /**
   * The last good answer stays in force.
   *
   * @return to be thrown
   */
  CompletionException failed(Outcome outcome, String reason) {
    if (state != State.FAILING) {
      hosts.announce("resolution-failed", this, reason);
    }
    set(State.FAILING, backends, Optional.of(reason));
    hosts.count(this, outcome);
    return new CompletionException(new IOException(reason));
  }

  void close() {
    hosts.forget(this);
  }

  TargetSettings target() {
    return target;
  }

  State state() {
    return state;
  }

  /** Of the last good answer. */
  List<String> backends() {
    return backends;
  }

  Optional<String> problem() {
    return problem;
  }

  Optional<Instant> resolvedAt() {
    return resolvedAt;
  }
}
