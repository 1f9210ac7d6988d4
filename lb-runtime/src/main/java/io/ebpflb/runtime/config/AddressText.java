package io.ebpflb.runtime.config;

import io.ebpflb.api.Endpoints;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** How addresses and ports are written. Never asks a name server. */
final class AddressText {
  static final String EXPECTED_ENDPOINT = "expected: \"10.0.0.1:8080\" or \"[2001:db8::1]:8080\"";
  private static final String EXPECTED_ADDRESS = "expected: \"10.0.0.1\" or \"2001:db8::1\"";
  private static final Pattern IPV6_GROUP = Pattern.compile("[0-9a-fA-F]{1,4}");

  private AddressText() {}

  /**
   * @return never unresolved
   */
  static InetSocketAddress endpoint(String text) throws Refusal {
    int colon = text.lastIndexOf(':');
    boolean bracketed = text.startsWith("[");
    if (colon < 0 || bracketed && !text.substring(0, colon).endsWith("]")) {
      throw new Refusal("the port is missing", EXPECTED_ENDPOINT);
    }
    String host = text.substring(0, colon);
    if (!bracketed && host.indexOf(':') >= 0) {
      throw new Refusal("an IPv6 address with a port needs brackets", EXPECTED_ENDPOINT);
    }
    String literal = bracketed ? host.substring(1, host.length() - 1) : host;
    InetAddress address = parse(literal, EXPECTED_ENDPOINT);
    if (bracketed && literal.indexOf(':') < 0) {
      throw new Refusal("an IPv4 address has no brackets", EXPECTED_ENDPOINT);
    }
    return new InetSocketAddress(address, port(text.substring(colon + 1)));
  }

  static int port(String text) throws Refusal {
    int port = decimal(text, 65535);
    if (port < 1) {
      throw new Refusal("the port is not in 1..65535", EXPECTED_ENDPOINT);
    }
    return port;
  }

  static InetAddress address(String text) throws Refusal {
    return parse(text, EXPECTED_ADDRESS);
  }

  static String format(InetSocketAddress endpoint) {
    return Endpoints.format(endpoint.getAddress(), endpoint.getPort());
  }

  private static InetAddress parse(String text, String expected) throws Refusal {
    byte[] raw = text.indexOf(':') >= 0 ? ipv6(text, expected) : ipv4(text, expected);
    try {
      return InetAddress.getByAddress(raw);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] ipv4(String text, String expected) throws Refusal {
    if (!hasOnlyDigitsAndDots(text) || text.isEmpty()) {
      throw new Refusal("not an IP address", expected);
    }
    byte[] raw = new byte[4];
    int from = 0;
    for (int i = 0; i < 4; i++) {
      int dot = text.indexOf('.', from);
      int to = dot < 0 ? text.length() : dot;
      int part = decimal(text.substring(from, to), 255);
      if (part < 0 || (dot < 0) != (i == 3)) {
        throw new Refusal("not an IPv4 address", expected);
      }
      raw[i] = (byte) part;
      from = to + 1;
    }
    return raw;
  }

  private static boolean hasOnlyDigitsAndDots(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '.' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return true;
  }

  /** The number, without leading zeros and at most {@code max}; -1 if the text is none. */
  static int decimal(String text, int max) {
    boolean leadingZero = text.length() > 1 && text.charAt(0) == '0';
    if (leadingZero || text.isEmpty() || text.length() > 9) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return number <= max ? number : -1;
  }

  /**
   * RFC 4291 section 2.2. The forms with an IPv4 tail inside an IPv4-mapped address are refused.
   */
  private static byte[] ipv6(String text, String expected) throws Refusal {
    if (text.indexOf('%') >= 0) {
      throw new Refusal("an address with a zone (%) is not supported", expected);
    }
    int gap = text.indexOf("::");
    byte[] head = groups(gap < 0 ? text : text.substring(0, gap), expected);
    byte[] tail = groups(gap < 0 ? "" : text.substring(gap + 2), expected);
    int length = head.length + tail.length;
    if (gap < 0 ? length != 16 : length > 14) {
      throw new Refusal("not an IPv6 address", expected);
    }
    byte[] raw = new byte[16];
    System.arraycopy(head, 0, raw, 0, head.length);
    System.arraycopy(tail, 0, raw, 16 - tail.length, tail.length);
    boolean mapped = raw[10] == -1 && raw[11] == -1;
    for (int i = 0; i < 10; i++) {
      mapped &= raw[i] == 0;
    }
    if (mapped) {
      throw new Refusal("an IPv4 address in IPv6 form", "write the IPv4 address");
    }
    return raw;
  }

  private static byte[] groups(String text, String expected) throws Refusal {
    if (text.isEmpty()) {
      return new byte[0];
    }
    String[] parts = text.split(":", -1);
    byte[] raw = new byte[parts.length * 2];
    for (int i = 0; i < parts.length; i++) {
      if (!IPV6_GROUP.matcher(parts[i]).matches()) {
        throw new Refusal("not an IPv6 address", expected);
      }
      int group = Integer.parseInt(parts[i], 16);
      raw[2 * i] = (byte) (group >> 8);
      raw[2 * i + 1] = (byte) group;
    }
    return raw;
  }
}
