package io.ebpflb.runtime.admin;

import java.time.Duration;

/**
 * What one listener grants its clients.
 *
 * @param connectionsMax at a time; more are answered 503 and closed
 * @param requestTimeout from the connection's start or the last response to the end of a request,
 *     body included, however busily the client sends
 * @param replyTimeout from there to the last byte of the response being sent
 * @param refusalPause before a token that is not known is refused
 * @param unsentBytesMax of responses of all connections; beyond it new ones are answered 503
 */
record Limits(
    int connectionsMax,
    Duration requestTimeout,
    Duration replyTimeout,
    Duration refusalPause,
    long unsentBytesMax) {

  static final Limits DEFAULT =
      new Limits(
          64, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMillis(500), 32 << 20);

  static final int LINE_BYTES_MAX = 4096;
  static final int HEADERS_BYTES_MAX = 8192;
}
