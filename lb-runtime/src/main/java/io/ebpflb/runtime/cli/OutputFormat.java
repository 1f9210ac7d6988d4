package io.ebpflb.runtime.cli;

/** What {@code -o} offers. */
enum OutputFormat {
  TABLE,
  JSON
}
