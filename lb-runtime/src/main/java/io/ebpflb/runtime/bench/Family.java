package io.ebpflb.runtime.bench;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** An address family, with the addresses that the bench gives to each part. */
public enum Family {
  IPV4("ipv4", "10.%d.0.1", "10.99.0.1", "10.92.0.%d", 62),
  IPV6("ipv6", "fd80::%d:0:1", "fd99::1", "fd92::%d", 78);

  private static final int FIRST_CLIENT_RANGE = 130;

  final String label;

  /** As the outer program of this family restores it. */
  final int frameBytes;

  private final String clients;
  private final String service;
  private final String backends;

  Family(String label, String clients, String service, String backends, int frameBytes) {
    this.label = label;
    this.clients = clients;
    this.service = service;
    this.backends = backends;
    this.frameBytes = frameBytes;
  }

  /**
   * The one client, or the first of many: the others differ in the low bits.
   *
   * @param range from 0 to 9
   */
  InetAddress client(int range) {
    return parse(clients.formatted(FIRST_CLIENT_RANGE + range));
  }

  InetAddress service() {
    return parse(service);
  }

  /** An address that no service has, behind the balancer as the backends are. */
  InetAddress otherHost() {
    return parse(backends.formatted(99));
  }

  /**
   * @param number from 0 to 63
   */
  InetAddress backend(int number) {
    return parse(backends.formatted(10 + number));
  }

  private static InetAddress parse(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }
}
