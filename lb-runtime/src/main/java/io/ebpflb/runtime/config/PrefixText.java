package io.ebpflb.runtime.config;

import io.ebpflb.api.Endpoints;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** How a source prefix is written: {@code "192.168.0.0/16"}. */
record PrefixText(InetAddress address, int length) {
  private static final String EXPECTED = "expected: \"192.168.0.0/16\" or \"2001:db8::/32\"";

  static PrefixText parse(String text) throws Refusal {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new Refusal("the prefix length is missing", EXPECTED);
    }
    InetAddress address;
    try {
      address = AddressText.address(text.substring(0, slash));
    } catch (Refusal e) {
      throw new Refusal(e.getMessage(), EXPECTED);
    }
    String digits = text.substring(slash + 1);
    int bits = address.getAddress().length * 8;
    int length = AddressText.decimal(digits, bits);
    if (length < 0) {
      throw new Refusal("the prefix length is not in 0.." + bits, EXPECTED);
    }
    InetAddress network = network(address, length);
    if (!network.equals(address)) {
      throw new Refusal(
          "has bits set behind the prefix",
          "expected: \"" + Endpoints.format(network) + "/" + length + "\"");
    }
    return new PrefixText(address, length);
  }

  String format() {
    return Endpoints.format(address) + "/" + length;
  }

  private static InetAddress network(InetAddress address, int length) {
    byte[] raw = address.getAddress();
    for (int bit = length; bit < raw.length * 8; bit++) {
      raw[bit / 8] &= (byte) ~(0x80 >> bit % 8);
    }
    try {
      return InetAddress.getByAddress(raw);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
