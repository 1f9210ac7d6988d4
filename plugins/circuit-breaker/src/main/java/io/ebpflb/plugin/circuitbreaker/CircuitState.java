package io.ebpflb.plugin.circuitbreaker;

import java.util.Locale;

/** What a circuit lets through. The number is that of the metric and never changes its meaning. */
enum CircuitState {
  /** Everything. */
  CLOSED(0),
  /** Nothing. */
  OPEN(1),
  /** A share, to find out. */
  HALF_OPEN(2);

  private final int number;

  CircuitState(int number) {
    this.number = number;
  }

  /** The opposite of {@link #text}. */
  static CircuitState of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  int number() {
    return number;
  }

  /** {@code half-open}, as operators read it. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
