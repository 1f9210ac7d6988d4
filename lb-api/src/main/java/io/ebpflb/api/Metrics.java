package io.ebpflb.api;

/**
 * Metrics of a plugin, shown at the balancer's metrics endpoint. Families are the runtime's: asking
 * for the same one again, also after an upgrade of the plugin, gives the same; its series go with
 * the plugin.
 *
 * <p>A family named {@code state} of the plugin {@code circuit-breaker} is shown as {@code
 * lb_circuit_breaker_state}. Names and labels are snake_case; counters get {@code _total} at the
 * end. Label values are given in the order of the label names, at most 20,000 different series a
 * plugin: what goes beyond is dropped and counted.
 *
 * <p>All methods may be called from any thread, do not block, and throw {@link
 * IllegalArgumentException} for a bad name, a family that exists with another type or labels, or a
 * wrong number of label values.
 */
public interface Metrics {

  /**
   * @param help one sentence for whoever reads the metrics
   */
  Counter counter(String name, String help, String... labels);

  Gauge gauge(String name, String help, String... labels);

  /** Of seconds, with buckets from half a millisecond to five seconds. */
  Histogram histogram(String name, String help, String... labels);

  /** Only ever grows. */
  interface Counter {
    /**
     * @param amount not negative
     */
    void add(double amount, String... labelValues);
  }

  /** Goes up and down. */
  interface Gauge {
    void set(double value, String... labelValues);

    /** Shows this series no more, unless a later version of the plugin has set it since. */
    void remove(String... labelValues);
  }

  /** Counts observations in buckets. */
  interface Histogram {
    void observe(double seconds, String... labelValues);
  }
}
