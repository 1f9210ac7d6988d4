package io.ebpflb.runtime.bench.traffic;

import java.io.IOException;

/** What is measured, and in which unit. */
enum Measure {
  HTTP("http", "requests/s", "request"),
  CONNECTIONS("connections", "connections/s", "connection"),
  ROUND_TRIP("round-trip", "us (p50)", "round trip"),
  BULK_1_UP("bulk-1-up", "Gbit/s", "MB"),
  BULK_1_DOWN("bulk-1-down", "Gbit/s", "MB"),
  BULK_4_UP("bulk-4-up", "Gbit/s", "MB"),
  BULK_4_DOWN("bulk-4-down", "Gbit/s", "MB"),
  UDP("udp", "datagrams/s", "datagram");

  final String label;
  final String unit;

  /** One of what CPU time is counted for. */
  final String operation;

  Measure(String label, String unit, String operation) {
    this.label = label;
    this.unit = unit;
    this.operation = operation;
  }

  /** One slice of it, with whatever else runs on this machine in its CPU time. */
  Reading take(Lane lane, int seconds) throws IOException {
    return switch (this) {
      case HTTP -> Wrk.keepAlive(lane, seconds);
      case CONNECTIONS -> Wrk.newConnections(lane, seconds);
      case ROUND_TRIP -> RoundTrips.measure(lane, seconds);
      case BULK_1_UP -> Iperf.bulk(lane, seconds, 1, Iperf.Direction.UP);
      case BULK_1_DOWN -> Iperf.bulk(lane, seconds, 1, Iperf.Direction.DOWN);
      case BULK_4_UP -> Iperf.bulk(lane, seconds, 4, Iperf.Direction.UP);
      case BULK_4_DOWN -> Iperf.bulk(lane, seconds, 4, Iperf.Direction.DOWN);
      case UDP -> Iperf.datagrams(lane, seconds);
    };
  }
}
