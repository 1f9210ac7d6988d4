package io.ebpflb.runtime.config;

import java.net.InetAddress;
import java.time.Duration;

/**
 * Values of config records from their plain text, as {@code @Default} and {@code @Range} say them.
 */
final class PlainText {
  private PlainText() {}

  /**
   * @throws IllegalArgumentException if the text is no number of that type, or the type none that
   *     can be written as text
   */
  static Object parse(Class<?> type, String text) throws Refusal {
    if (type == String.class) {
      return text;
    }
    if (type == boolean.class || type == Boolean.class) {
      if (!text.equals("true") && !text.equals("false")) {
        throw new IllegalArgumentException(text);
      }
      return Boolean.valueOf(text);
    }
    if (type == int.class || type == Integer.class) {
      return Integer.valueOf(text);
    }
    if (type == long.class || type == Long.class) {
      return Long.valueOf(text);
    }
    if (type == double.class || type == Double.class) {
      return Double.valueOf(text);
    }
    if (type == Duration.class) {
      return DurationText.parse(text);
    }
    if (type == InetAddress.class) {
      return AddressText.address(text);
    }
    for (Object constant : type.isEnum() ? type.getEnumConstants() : new Object[0]) {
      if (KebabCase.ofConstant((Enum<?>) constant).equals(text)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(text);
  }
}
