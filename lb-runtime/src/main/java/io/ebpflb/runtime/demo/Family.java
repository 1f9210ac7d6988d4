package io.ebpflb.runtime.demo;

/** Which addresses to speak over. */
public enum Family {
  IPV4,
  IPV6
}
