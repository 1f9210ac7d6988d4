package io.ebpflb.runtime.cli;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** A response of the admin endpoint, which always says its length. */
record AdminResponse(int status, String body) {

  /** Of a whole response. */
  static final int BYTES_MAX = 64 << 20;

  private static final String LENGTH = "content-length:";

  boolean isGood() {
    return status / 100 == 2;
  }

  boolean isRefusal() {
    return status / 100 == 4;
  }

  /** Empty if that is not a whole response. */
  static Optional<AdminResponse> parse(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      return Optional.empty();
    }
    String[] lines = text.substring(0, end).split("\r\n");
    String[] status = lines[0].split(" ", 3);
    if (status.length < 2 || !status[0].startsWith("HTTP/1.") || !status[1].matches("[0-9]{3}")) {
      return Optional.empty();
    }
    int from = end + 4;
    if (contentLength(lines) != bytes.length - from) {
      return Optional.empty();
    }
    String body = new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
    return Optional.of(new AdminResponse(Integer.parseInt(status[1]), body));
  }

  private static long contentLength(String[] lines) {
    for (String line : lines) {
      if (line.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
        String value = line.substring(LENGTH.length()).strip();
        return value.matches("[0-9]{1,18}") ? Long.parseLong(value) : -1;
      }
    }
    return -1;
  }
}
