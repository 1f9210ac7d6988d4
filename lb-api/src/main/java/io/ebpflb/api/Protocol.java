package io.ebpflb.api;

/** The transport protocol of a service. */
public enum Protocol {
  TCP,
  UDP
}
