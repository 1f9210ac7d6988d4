package io.ebpflb.runtime.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.NetUtil;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps web pages out of a TCP endpoint: a page whose name was made to resolve to this machine (DNS
 * rebinding) sends that name as Host, a page of another origin says so.
 */
final class HostGuard {

  private final String scheme;
  private final Set<String> names;

  /**
   * @param names by which clients may call it, beside its addresses and localhost; {@code
   *     *.example.com} stands for one more label
   */
  HostGuard(String scheme, Set<String> names) {
    this.scheme = scheme;
    this.names = Set.copyOf(names);
  }

  /** Why this request is refused. */
  Optional<String> findObjection(HttpRequest request) {
    HttpHeaders headers = request.headers();
    String authority =
        RequestTarget.findAuthority(request.uri())
            .orElseGet(() -> headers.get(HttpHeaderNames.HOST, ""));
    if (!isOwnName(hostOf(authority).toLowerCase(Locale.ROOT))) {
      return Optional.of(
          "the Host header must be an IP address, localhost or a name of the certificate");
    }
    for (String origin : headers.getAll(HttpHeaderNames.ORIGIN)) {
      if (!origin.equalsIgnoreCase(scheme + "://" + authority)) {
        return Optional.of("requests of another origin are refused");
      }
    }
    return Optional.empty();
  }

  private boolean isOwnName(String host) {
    return host.equals("localhost")
        || NetUtil.isValidIpV4Address(host)
        || NetUtil.isValidIpV6Address(host)
        || names.contains(host)
        || names.contains(host.replaceFirst("^[^.]+", "*"));
  }

  /** Without port and brackets; empty if malformed. */
  private static String hostOf(String authority) {
    if (authority.startsWith("[")) {
      int end = authority.indexOf(']');
      return end < 0 || !isPort(authority.substring(end + 1)) ? "" : authority.substring(1, end);
    }
    int colon = authority.indexOf(':');
    if (colon < 0) {
      return authority;
    }
    return isPort(authority.substring(colon)) ? authority.substring(0, colon) : "";
  }

  private static boolean isPort(String rest) {
    return rest.isEmpty() || rest.matches(":[0-9]{1,5}");
  }
}
