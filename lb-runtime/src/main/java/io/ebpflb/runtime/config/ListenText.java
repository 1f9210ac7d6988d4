package io.ebpflb.runtime.config;

import io.ebpflb.api.Endpoints;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * How a service's own address is written: {@code "203.0.113.10:80"}, or {@code "*:80"} for any
 * address of the interfaces.
 *
 * @param address empty for {@code *}
 */
record ListenText(Optional<InetAddress> address, int port) {

  static ListenText parse(String text) throws Refusal {
    if (text.startsWith("*:")) {
      return new ListenText(Optional.empty(), AddressText.port(text.substring(2)));
    }
    InetSocketAddress endpoint = AddressText.endpoint(text);
    InetAddress address = endpoint.getAddress();
    if (address.isAnyLocalAddress()) {
      throw new Refusal(
          "any address is written as *", "expected: \"*:" + endpoint.getPort() + "\"");
    }
    AddressRules.refuseUnroutable(address);
    return new ListenText(Optional.of(address), endpoint.getPort());
  }

  /** As it is written in short: different addresses have different texts. */
  String format() {
    return address.isPresent() ? Endpoints.format(address.get(), port) : "*:" + port;
  }
}
