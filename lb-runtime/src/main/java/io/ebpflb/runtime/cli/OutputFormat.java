package io.ebpflb.runtime.cli;

/** What {@code -o} offers. */
enum OutputFormat {
  /** At most 80 columns. */
  TABLE,
  /** More columns, as wide as they come. */
  WIDE,
  /** What the admin API says. */
  JSON
}
