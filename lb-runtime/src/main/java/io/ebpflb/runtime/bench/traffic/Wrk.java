package io.ebpflb.runtime.bench.traffic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTTP load by wrk, with a script that prints the sums. */
final class Wrk {
  private static final int THREADS = 4;
  private static final int CONNECTIONS = 64;
  private static final double ERROR_SHARE_MAX = 0.001;
  private static final Pattern SUMS =
      Pattern.compile("requests=(\\d+) microseconds=(\\d+) errors=(\\d+)");

  private static final String SCRIPT =
      """
      function done(summary, latency, requests)
        local e = summary.errors
        io.write(string.format("requests=%d microseconds=%d errors=%d\\n",
          summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout))
      end
      """;

  private Wrk() {}

  /**
   * @param requests that were answered
   * @param errors connections that broke, answers that are none
   */
  record Sums(long requests, double seconds, long errors) {}

  static Reading keepAlive(Lane lane, int seconds) throws IOException {
    return run(lane, seconds, List.of());
  }

  /** A connection for each request; the server ends it. */
  static Reading newConnections(Lane lane, int seconds) throws IOException {
    return run(lane, seconds, List.of("-H", "Connection: close"));
  }

  private static Reading run(Lane lane, int seconds, List<String> options) throws IOException {
    Path script = lane.file("wrk.lua");
    Files.writeString(script, SCRIPT);
    List<String> command =
        new ArrayList<>(List.of("wrk", "-t", "" + THREADS, "-c", "" + CONNECTIONS));
    command.addAll(List.of("-d", seconds + "s", "-s", script.toString()));
    command.addAll(options);
    command.add("http://%s:%d/".formatted(lane.serviceAddress(), lane.webPort()));
    BusyTime busy = BusyTime.start();
    String printed = lane.runClient(command);
    double busyMicros = busy.micros();
    Sums sums = parse(printed);
    if (sums.requests == 0 || sums.errors > sums.requests * ERROR_SHARE_MAX) {
      throw new IOException(
          "wrk: %d requests answered, %d errors".formatted(sums.requests, sums.errors));
    }
    return new Reading(sums.requests / sums.seconds, busyMicros / sums.requests);
  }

  /**
   * @throws IOException if wrk did not come to its end
   */
  static Sums parse(String printed) throws IOException {
    Matcher matcher = SUMS.matcher(printed);
    if (!matcher.find()) {
      throw new IOException("wrk printed no sums: " + printed.strip());
    }
    return new Sums(
        Long.parseLong(matcher.group(1)),
        Long.parseLong(matcher.group(2)) / 1e6,
        Long.parseLong(matcher.group(3)));
  }
}
