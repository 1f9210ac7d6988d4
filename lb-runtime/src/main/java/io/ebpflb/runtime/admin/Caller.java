package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.Role;

/**
 * Who asks.
 *
 * @param name for the audit log
 */
record Caller(String name, Role role) {}
