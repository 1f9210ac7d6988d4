package io.ebpflb.plugin.healthhttp;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** As much of a body as has arrived, by chunks, by length, or until the peer closes. */
final class HttpBody {
  private static final String CHUNK_SIZE = "[0-9a-fA-F]{1,8}";
  private static final String LENGTH = "[0-9]{1,18}";

  private final String text;
  private final boolean complete;
  private final boolean endedByClose;

  private HttpBody(String text, boolean complete, boolean endedByClose) {
    this.text = text;
    this.complete = complete;
    this.endedByClose = endedByClose;
  }

  static HttpBody none() {
    return new HttpBody("", true, false);
  }

  static HttpBody read(HttpHeader header, String rest) throws MalformedResponseException {
    Optional<String> coding = header.find("transfer-encoding");
    if (coding.isPresent()) {
      if (!coding.get().equals("chunked")) {
        throw new MalformedResponseException("unknown transfer-encoding: " + coding.get());
      }
      return chunked(rest);
    }
    Optional<String> length = header.find("content-length");
    if (length.isEmpty()) {
      return new HttpBody(rest, false, true);
    }
    if (!length.get().matches(LENGTH)) {
      throw new MalformedResponseException("content-length is not a number: " + length.get());
    }
    long bytes = Long.parseLong(length.get());
    return rest.length() >= bytes
        ? new HttpBody(rest.substring(0, (int) bytes), true, false)
        : new HttpBody(rest, false, false);
  }

  private static HttpBody chunked(String rest) throws MalformedResponseException {
    StringBuilder text = new StringBuilder();
    int position = 0;
    while (true) {
      int newline = rest.indexOf('\n', position);
      if (newline < 0) {
        return new HttpBody(text.toString(), false, false);
      }
      String size = rest.substring(position, newline).replaceFirst("\\s*(;.*)?\\s*$", "");
      if (!size.matches(CHUNK_SIZE)) {
        throw new MalformedResponseException("a chunk of the body has no size");
      }
      long bytes = Long.parseLong(size, 16);
      int start = newline + 1;
      if (bytes == 0) {
        return new HttpBody(text.toString(), true, false);
      }
      if (start + bytes > rest.length()) {
        text.append(rest, start, rest.length());
        return new HttpBody(text.toString(), false, false);
      }
      int end = (int) (start + bytes);
      text.append(rest, start, end);
      position = afterChunk(rest, end);
      if (position < 0) {
        return new HttpBody(text.toString(), false, false);
      }
    }
  }

  /** Behind the line end that closes a chunk; -1 while it has not arrived. */
  private static int afterChunk(String rest, int end) throws MalformedResponseException {
    int position = rest.startsWith("\r", end) ? end + 1 : end;
    if (position >= rest.length()) {
      return -1;
    }
    if (rest.charAt(position) != '\n') {
      throw new MalformedResponseException("a chunk of the body is longer than its size");
    }
    return position + 1;
  }

  boolean isComplete() {
    return complete;
  }

  /** Whether closing the connection is the regular end of it. */
  boolean isEndedByClose() {
    return endedByClose;
  }

  byte[] bytes() {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
