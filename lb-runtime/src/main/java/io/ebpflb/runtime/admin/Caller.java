package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.Role;

/**
 * Who asks.
 *
 * @param name for the audit log: of a token, or {@code unix:root}
 * @param source from where, for the audit log
 */
record Caller(String name, Role role, String source) {

  /** Somebody on this machine who has shown no token. */
  static Caller anonymous(String source) {
    return new Caller("anonymous", Role.VIEWER, source);
  }

  boolean isAnonymous() {
    return name.equals("anonymous");
  }
}
