package io.ebpflb.runtime.service;

/**
 * What the operator wants of a backend, apart from what its checks say. Only a ready backend takes
 * new flows.
 */
public enum AdminState {
  READY,
  /** No new flows; those that run go on. */
  DRAIN,
  /** No new flows; those that run are cut. */
  MAINTENANCE
}
