package io.ebpflb.api;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How an address and port are written: {@code 10.0.0.1:80}, {@code [2001:db8::1]:80} (RFC 5952).
 */
public final class Endpoints {
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]{2,45})]|([0-9.]{7,15})):([1-9][0-9]{0,4})");
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?!$)|$)){4}");

  private Endpoints() {}

  /**
   * Reads what {@link #format(InetAddress, int)} writes. Never asks a name server.
   *
   * @throws IllegalArgumentException saying what is wrong with it, fit for an operator
   */
  public static InetSocketAddress parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || form.group(2) != null && !IPV4.matcher(form.group(2)).matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not an address and port such as 10.0.0.1:80 or [2001:db8::1]:80");
    }
    int port = Integer.parseInt(form.group(3));
    if (port > 65535) {
      throw new IllegalArgumentException("port " + port + " is not in 1..65535");
    }
    try {
      // With brackets or as four numbers the JDK takes it for a literal and looks nothing up.
      String literal = form.group(2) != null ? form.group(2) : "[" + form.group(1) + "]";
      return new InetSocketAddress(InetAddress.getByName(literal), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("\"" + form.group(1) + "\" is not an IPv6 address", e);
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
