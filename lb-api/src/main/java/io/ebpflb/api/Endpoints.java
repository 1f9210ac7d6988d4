package io.ebpflb.api;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * How an address and port are written: {@code 10.0.0.1:80}, {@code [2001:db8::1]:80} (RFC 5952).
 */
public final class Endpoints {
  private static final Pattern BRACKETED = Pattern.compile("\\[[0-9a-fA-F:.]{2,45}]");
  private static final int PORT_MAX = 65535;
  private static final int DIGITS_MAX = 5;

  private Endpoints() {}

  /**
   * Reads what {@link #format(InetAddress, int)} writes. Never asks a name server.
   *
   * @throws IllegalArgumentException saying what is wrong with it, fit for an operator
   */
  public static InetSocketAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    int port = decimal(text, colon + 1, text.length());
    boolean isIpv4 = colon > 0 && text.charAt(0) != '[';
    long ipv4 = isIpv4 ? ipv4(text, colon) : -1;
    boolean isAddress =
        isIpv4 ? ipv4 >= 0 : colon > 0 && BRACKETED.matcher(text).region(0, colon).matches();
    if (!isAddress || port < 1) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not an address and port such as 10.0.0.1:80 or [2001:db8::1]:80");
    }
    if (port > PORT_MAX) {
      throw new IllegalArgumentException("port " + port + " is not in 1.." + PORT_MAX);
    }
    return new InetSocketAddress(isIpv4 ? address(ipv4) : ipv6(text.substring(0, colon)), port);
  }

  /**
   * By hand, because a config may have tens of thousands.
   *
   * @return below 0 if the text up to there is no address
   */
  private static long ipv4(String text, int end) {
    long address = 0;
    int from = 0;
    for (int i = 0; i < 4; i++) {
      int dot = i < 3 ? text.indexOf('.', from) : end;
      int number = dot < 0 || dot > end ? -1 : decimal(text, from, dot);
      if (number < 0 || number > 255) {
        return -1;
      }
      address = address << Byte.SIZE | number;
      from = dot + 1;
    }
    return address;
  }

  /**
   * @return below 0 if it is no number of few digits, as one writes it
   */
  private static int decimal(String text, int from, int to) {
    int length = to - from;
    if (length < 1 || length > DIGITS_MAX || length > 1 && text.charAt(from) == '0') {
      return -1;
    }
    int number = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = 10 * number + digit;
    }
    return number;
  }

  private static InetAddress address(long ipv4) {
    try {
      return InetAddress.getByAddress(
          new byte[] {(byte) (ipv4 >> 24), (byte) (ipv4 >> 16), (byte) (ipv4 >> 8), (byte) ipv4});
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static InetAddress ipv6(String bracketed) {
    try {
      // With brackets the JDK takes it for a literal and looks nothing up.
      return InetAddress.getByName(bracketed);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("\"" + bracketed + "\" is not an IPv6 address", e);
    }
  }

  public static String format(InetAddress address, int port) {
    return address instanceof Inet6Address
        ? "[" + format(address) + "]:" + port
        : format(address) + ":" + port;
  }

  /** The address alone; IPv6 in lower case with the longest run of zeros shortened (RFC 5952). */
  public static String format(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress();
    }
    byte[] raw = address.getAddress();
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (raw[2 * i] & 0xff) << 8 | raw[2 * i + 1] & 0xff;
    }
    int bestStart = -1;
    int bestLength = 1;
    for (int i = 0; i < 8; i++) {
      int length = 0;
      while (i + length < 8 && groups[i + length] == 0) {
        length++;
      }
      if (length > bestLength) {
        bestStart = i;
        bestLength = length;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == bestStart) {
        text.append("::");
        i += bestLength - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
