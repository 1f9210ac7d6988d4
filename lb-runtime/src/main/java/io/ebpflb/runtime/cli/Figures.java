package io.ebpflb.runtime.cli;

import java.util.Locale;

/** Numbers short enough for a column. */
final class Figures {

  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;
  private static final long COUNT_MAX = 1_000_000;
  private static final double WEIGHT_MAX = 1e6;
  private static final String PREFIXES = "MGTPE";

  private Figures() {}

  /** {@code 999999}, {@code 1.0M}, {@code 12.3G}. */
  static String count(long value) {
    if (value < COUNT_MAX) {
      return Long.toString(value);
    }
    double scaled = value / 1e6;
    int prefix = 0;
    while (scaled >= 999.95) {
      scaled /= 1000;
      prefix++;
    }
    return String.format(Locale.ROOT, "%.1f%c", scaled, PREFIXES.charAt(prefix));
  }

  /** At most six columns: {@code 50}, {@code 33.33}, {@code 1e+09}. */
  static String weight(double value) {
    if (value >= WEIGHT_MAX) {
      return String.format(Locale.ROOT, "%.0e", value);
    }
    String fixed = String.format(Locale.ROOT, value < 1000 ? "%.2f" : "%.0f", value);
    return fixed.contains(".") ? fixed.replaceAll("\\.?0+$", "") : fixed;
  }

  static String percent(double value) {
    return String.format(Locale.ROOT, "%.1f%%", value);
  }

  /** {@code 0.3ms}, {@code 1250ms}. */
  static String millis(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.1fms" : "%.0fms", value);
  }

  /** The two largest units: {@code 3h 12m}. */
  static String duration(long seconds) {
    if (seconds < MINUTE) {
      return seconds + "s";
    }
    if (seconds < HOUR) {
      return seconds / MINUTE + "m " + seconds % MINUTE + "s";
    }
    if (seconds < DAY) {
      return seconds / HOUR + "h " + seconds % HOUR / MINUTE + "m";
    }
    return seconds / DAY + "d " + seconds % DAY / HOUR + "h";
  }

  /** The largest unit, at most eight columns: {@code 12s ago}. */
  static String ago(long seconds) {
    if (seconds < 2 * MINUTE) {
      return seconds + "s ago";
    }
    if (seconds < 2 * HOUR) {
      return seconds / MINUTE + "m ago";
    }
    return seconds < 2 * DAY ? seconds / HOUR + "h ago" : seconds / DAY + "d ago";
  }
}
