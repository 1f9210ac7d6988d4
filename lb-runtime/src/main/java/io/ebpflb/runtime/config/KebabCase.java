package io.ebpflb.runtime.config;

import java.util.Locale;

/** How Java names are written in a config. */
final class KebabCase {
  private KebabCase() {}

  /** {@code expectedCodes} is {@code expected-codes}. */
  static String ofComponent(String name) {
    StringBuilder out = new StringBuilder();
    for (char c : name.toCharArray()) {
      if (Character.isUpperCase(c)) {
        out.append('-');
      }
      out.append(Character.toLowerCase(c));
    }
    return out.toString();
  }

  /** {@code XDP_GENERIC} is {@code xdp-generic}. */
  static String ofConstant(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
