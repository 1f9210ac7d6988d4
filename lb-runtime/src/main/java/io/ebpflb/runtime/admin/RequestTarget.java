package io.ebpflb.runtime.admin;

import java.util.Locale;
import java.util.Optional;

/** The parts of a request target in origin or absolute form (RFC 9112 section 3.2). */
final class RequestTarget {

  private static final String SCHEME = "http://";

  private RequestTarget() {}

  /** Without query. Nothing is decoded: no path of ours needs an escape. */
  static String path(String target) {
    String origin = target;
    if (isAbsolute(target)) {
      int slash = target.indexOf('/', SCHEME.length());
      origin = slash < 0 ? "/" : target.substring(slash);
    }
    int query = origin.indexOf('?');
    return query < 0 ? origin : origin.substring(0, query);
  }

  /** Host and port of an absolute target, which then counts instead of the Host header. */
  static Optional<String> findAuthority(String target) {
    if (!isAbsolute(target)) {
      return Optional.empty();
    }
    String rest = target.substring(SCHEME.length());
    int end = 0;
    while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
      end++;
    }
    return Optional.of(rest.substring(0, end));
  }

  private static boolean isAbsolute(String target) {
    return target.length() >= SCHEME.length()
        && target.substring(0, SCHEME.length()).toLowerCase(Locale.ROOT).equals(SCHEME);
  }
}
