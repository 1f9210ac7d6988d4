package io.ebpflb.runtime.config;

/** What a caller of the admin API may do; each may what those before it may. */
public enum Role {
  /** Reads. */
  VIEWER,
  /** Also drains, overrides weights and forces health: what ends with the next restart at most. */
  OPERATOR,
  /** Also changes the configuration. */
  ADMIN;

  public boolean includes(Role other) {
    return compareTo(other) >= 0;
  }
}
