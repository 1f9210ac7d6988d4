package io.ebpflb.runtime.config;

import java.net.Inet4Address;
import java.net.InetAddress;

/** Which addresses can talk to each other. */
enum Family {
  ANY("any address"),
  IPV4("IPv4"),
  IPV6("IPv6");

  private final String text;

  Family(String text) {
    this.text = text;
  }

  static Family of(InetAddress address) {
    return address instanceof Inet4Address ? IPV4 : IPV6;
  }

  boolean takes(Family other) {
    return this == ANY || other == ANY || this == other;
  }

  @Override
  public String toString() {
    return text;
  }
}
