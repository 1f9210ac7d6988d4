package io.ebpflb.runtime.service;

/** What the operator says of a backend's health, whatever its checks say. */
public enum ForcedHealth {
  /** The verdict of its checks counts. */
  AUTO,
  UP,
  DOWN
}
