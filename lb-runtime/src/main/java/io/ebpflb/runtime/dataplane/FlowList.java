package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Protocol;
import java.time.Duration;
import java.util.List;

/**
 * Flows as the table held them while it was read, which takes tens of milliseconds: one that came
 * or went meanwhile may be missing.
 *
 * @param flows in no order, at most as many as asked for
 * @param matching how many there were
 */
public record FlowList(List<Flow> flows, long matching) {
  public FlowList {
    flows = List.copyOf(flows);
  }

  /** Where a flow is in its life. */
  public enum State {
    /** Not answered by the backend and acknowledged by the client yet. */
    OPENING,
    ESTABLISHED,
    /** Finished by both sides, or reset. */
    CLOSING
  }

  /**
   * One connection, or one client's datagrams.
   *
   * @param backend with the name of its service
   * @param listener the service's address and port as the client sees them
   * @param idle since its last packet, to the second
   */
  public record Flow(
      DataPlane.BackendKey backend,
      Protocol protocol,
      Plan.Endpoint client,
      Plan.Endpoint listener,
      State state,
      Duration idle) {}
}
