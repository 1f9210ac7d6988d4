package io.ebpflb.runtime.bench;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** An address family, with the addresses that the bench gives to each part. */
enum Family {
  IPV4("ipv4", "10.128.0.", "10.99.0.", "10.92.0.", 62),
  IPV6("ipv6", "fd80::", "fd99::", "fd92::", 78);

  final String label;

  /** As the outer program of this family restores it. */
  final int frameBytes;

  private final String clients;
  private final String services;
  private final String backends;

  Family(String label, String clients, String services, String backends, int frameBytes) {
    this.label = label;
    this.clients = clients;
    this.services = services;
    this.backends = backends;
    this.frameBytes = frameBytes;
  }

  /** The one client, or the first of many: the others differ in the last bits. */
  InetAddress client() {
    return parse(clients + "1");
  }

  InetAddress service() {
    return parse(services + "1");
  }

  /** An address that no service has, behind the balancer as the backends are. */
  InetAddress otherHost() {
    return parse(backends + "99");
  }

  /**
   * @param number from 0 to 63
   */
  InetAddress backend(int number) {
    return parse(backends + (10 + number));
  }

  private static InetAddress parse(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }
}
