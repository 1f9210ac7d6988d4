package io.ebpflb.runtime.admin;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The parts of a request target in origin or absolute form (RFC 9112 section 3.2). */
final class RequestTarget {

  private static final String SCHEME = "http://";

  private RequestTarget() {}

  /** Without query; still escaped. */
  static String path(String target) {
    String origin = origin(target);
    int query = origin.indexOf('?');
    return query < 0 ? origin : origin.substring(0, query);
  }

  /**
   * Decoded, in order.
   *
   * @throws ProblemException if it is malformed, or says something twice
   */
  static Map<String, String> query(String target) {
    String origin = origin(target);
    int start = origin.indexOf('?');
    Map<String, String> query = new LinkedHashMap<>();
    String text = start < 0 ? "" : origin.substring(start + 1);
    for (String pair : text.split("&")) {
      int equals = pair.indexOf('=');
      String name = Escapes.decode(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : Escapes.decode(pair.substring(equals + 1));
      if (!pair.isEmpty() && query.put(name, value) != null) {
        throw ProblemException.badRequest("the query says " + name + " twice");
      }
    }
    return query;
  }

  private static String origin(String target) {
    if (!isAbsolute(target)) {
      return target;
    }
    int end = SCHEME.length();
    while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
      end++;
    }
    String rest = target.substring(end);
    return rest.startsWith("/") ? rest : "/" + rest;
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
