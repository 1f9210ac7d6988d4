package io.ebpflb.api;

/**
 * What the runtime knows of a backend at one moment. Counts are totals since the backend appeared.
 */
public interface BackendView {
  Backend backend();

  /** As written in the config; for resolved targets the backend's share of it. */
  double configuredWeight();

  /** Whether the operator lets it take new flows (ready, as opposed to drain or maintenance). */
  boolean isReady();

  /** The verdict of its health check; true while there is none. */
  boolean isHealthy();

  /** Flows being tracked now. */
  long activeFlows();

  /** Flows opened towards it. */
  long openedFlows();

  /** Connections that it refused (RST answering a SYN). */
  long refusedConnections();

  /** Connections whose SYN it left without an answer. */
  long unansweredConnections();

  /**
   * Flows that it answered: TCP by SYN-ACK, UDP by any datagram. With refused and unanswered ones
   * these are the outcomes known so far; flows that were first seen in their middle have none.
   */
  long answeredFlows();
}
