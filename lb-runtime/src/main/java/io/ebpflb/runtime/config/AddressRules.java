package io.ebpflb.runtime.config;

import java.net.Inet4Address;
import java.net.InetAddress;

/** Which addresses packets can be forwarded to and from. */
final class AddressRules {
  private AddressRules() {}

  static void refuseUnroutable(InetAddress address) throws Refusal {
    if (address.isLoopbackAddress()) {
      throw new Refusal(
          "a loopback address cannot be balanced",
          "packets from the network never reach it; use an address of a network interface");
    }
    if (address.isMulticastAddress()) {
      throw new Refusal("a multicast address cannot be balanced", "");
    }
    byte[] raw = address.getAddress();
    if (address instanceof Inet4Address) {
      if (raw[0] == 0) {
        throw new Refusal("0.0.0.0/8 is no address of a host", "");
      }
      if (raw[0] == -1 && raw[1] == -1 && raw[2] == -1 && raw[3] == -1) {
        throw new Refusal("the broadcast address cannot be balanced", "");
      }
    } else if (address.isAnyLocalAddress()) {
      throw new Refusal(":: is no address of a host", "");
    } else if (address.isLinkLocalAddress()) {
      throw new Refusal(
          "a link-local address cannot be balanced", "it means another host on each interface");
    }
  }
}
