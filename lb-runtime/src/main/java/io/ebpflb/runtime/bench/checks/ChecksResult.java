package io.ebpflb.runtime.bench.checks;

import java.time.Duration;

/**
 * What a load of one kind of checks costs.
 *
 * @param type of the checks
 * @param startMillis until the services were in force
 * @param checksPerSecond as the hosts count them
 * @param hostsChecked of those there are
 * @param cores CPU time of this process while it checked, kernel included, by time that passed
 * @param heapBytesMax an upper bound of the heap in use while it checked
 * @param latestMillis how long after its interval the latest check of all came
 * @param verdictMillis from a verdict to the table in the kernel, median
 * @param verdictMillisMax the same of the slowest
 * @param reloadMillis with one change, median
 * @param reloadMillisMax the same of the slowest
 */
public record ChecksResult(
    String type,
    ChecksLoad load,
    double startMillis,
    double checksPerSecond,
    int hostsChecked,
    double cores,
    long heapBytesMax,
    double latestMillis,
    double verdictMillis,
    double verdictMillisMax,
    double reloadMillis,
    double reloadMillisMax) {
  static final Duration START_MAX = Duration.ofSeconds(2);
  static final double CORES_MAX = 1;
  static final long HEAP_BYTES_MAX = 256L << 20;
  static final Duration VERDICT_MAX = Duration.ofMillis(50);
  static final Duration RELOAD_MAX = Duration.ofMillis(200);
}
