package io.ebpflb.runtime.service;

/** How a drain ended. */
public enum DrainOutcome {
  /** No flow was left. */
  COMPLETED,
  /** Flows were still running when its time was over; they go on. */
  TIMED_OUT,
  /** The backend was made ready again, came back, or was drained anew. */
  CANCELLED
}
