package io.ebpflb.api;

/** What somebody must be allowed to do to call an operation. */
public enum Role {
  /** Looks. */
  VIEWER,
  /** Changes what the balancer does. */
  OPERATOR
}
