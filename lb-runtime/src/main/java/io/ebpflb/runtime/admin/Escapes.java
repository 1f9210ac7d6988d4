package io.ebpflb.runtime.admin;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Percent-escapes of a request target (RFC 3986 section 2.1); a plus sign is a plus sign. */
final class Escapes {

  private static final int HEX = 16;

  private Escapes() {}

  /**
   * @throws ProblemException if an escape is malformed, or the bytes are no UTF-8 or no visible
   *     text
   */
  static String decode(String escaped) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int at = 0;
    while (at < escaped.length()) {
      char next = escaped.charAt(at);
      if (next == '%') {
        bytes.write(octet(escaped, at + 1));
        at += 3;
      } else {
        bytes.write(next < 0x80 ? next : 0xff);
        at++;
      }
    }
    return text(bytes.toByteArray());
  }

  private static int octet(String escaped, int at) {
    int high = at + 1 < escaped.length() ? Character.digit(escaped.charAt(at), HEX) : -1;
    int low = high < 0 ? -1 : Character.digit(escaped.charAt(at + 1), HEX);
    if (low < 0) {
      throw ProblemException.badRequest("the path or query has a malformed percent-escape");
    }
    return high * HEX + low;
  }

  private static String text(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.codePoints().noneMatch(Character::isISOControl)) {
        return text;
      }
    } catch (CharacterCodingException malformed) {
      // Refused below, like text that nobody can see.
    }
    throw ProblemException.badRequest("the path or query holds what is no visible UTF-8 text");
  }
}
