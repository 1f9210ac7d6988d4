package io.ebpflb.plugin.healthhttp;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of an HTTP/1 response as has arrived (RFC 9112). */
final class HttpResponse {
  private static final Pattern STATUS_LINE =
      Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: [^\\x00-\\x08\\x0a-\\x1f\\x7f]*)?");
  private static final String START = "HTTP/1.";
  private static final int LINE_SHOWN_MAX = 40;
  private static final int INTERIM_MAX = 8;

  private static final HttpResponse INCOMPLETE = new HttpResponse(0, null, false);

  private final int status;
  private final HttpBody body;
  private final boolean headerComplete;

  private HttpResponse(int status, HttpBody body, boolean headerComplete) {
    this.status = status;
    this.body = body;
    this.headerComplete = headerComplete;
  }

  /**
   * @param bodyFollows false for the answer to HEAD, whose header describes a body that never comes
   */
  static HttpResponse parse(byte[] bytes, boolean bodyFollows) throws MalformedResponseException {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int start = 0;
    for (int interim = 0; interim <= INTERIM_MAX; interim++) {
      requireStart(text, start);
      int end = HttpHeader.end(text, start);
      if (end < 0) {
        return INCOMPLETE;
      }
      HttpHeader header = HttpHeader.of(text.substring(start, end));
      int status = status(header.firstLine());
      if (status >= 200 || status == 101) {
        boolean empty = !bodyFollows || status == 101 || status == 204 || status == 304;
        return new HttpResponse(
            status, empty ? HttpBody.none() : HttpBody.read(header, text.substring(end)), true);
      }
      start = end;
    }
    throw new MalformedResponseException("more than " + INTERIM_MAX + " interim responses");
  }

  private static void requireStart(String text, int start) throws MalformedResponseException {
    int known = Math.min(START.length(), text.length() - start);
    if (!text.startsWith(START.substring(0, known), start)) {
      throw notHttp(text.substring(start).lines().findFirst().orElse(""));
    }
  }

  private static int status(String line) throws MalformedResponseException {
    Matcher matcher = STATUS_LINE.matcher(line);
    if (!matcher.matches()) {
      throw notHttp(line);
    }
    return Integer.parseInt(matcher.group(1));
  }

  private static MalformedResponseException notHttp(String line) {
    String shown = line.length() > LINE_SHOWN_MAX ? line.substring(0, LINE_SHOWN_MAX) : line;
    return new MalformedResponseException(
        "not HTTP/1: the answer starts with \"%s\""
            .formatted(shown.replaceAll("[^\\x20-\\x7e]", "?").strip()));
  }

  boolean isHeaderComplete() {
    return headerComplete;
  }

  int status() {
    return status;
  }

  boolean isBodyComplete() {
    return body.isComplete();
  }

  boolean isBodyEndedByClose() {
    return body.isEndedByClose();
  }

  byte[] body() {
    return body.bytes();
  }
}
