package io.ebpflb.runtime.bench.traffic;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Streams and datagrams by iperf3; what arrived counts, not what was sent. */
final class Iperf {
  /** The shortest that leaves room for what iperf3 writes into each. */
  private static final int DATAGRAM_BYTES = 64;

  private static final double BITS_PER_GBIT = 1e9;
  private static final double BYTES_PER_MB = 1e6;
  private static final Pattern RECEIVED = Pattern.compile("\"sum_received\":\\s*\\{([^}]*)}");
  private static final Pattern ERROR = Pattern.compile("\"error\":\\s*\"([^\"]*)\"");

  private Iperf() {}

  /** Which way the bytes go. */
  enum Direction {
    UP,
    DOWN
  }

  record Received(double bytes, double seconds) {}

  static Reading bulk(Lane lane, int seconds, int streams, Direction direction) throws IOException {
    List<String> options = new ArrayList<>(List.of("-P", Integer.toString(streams)));
    if (direction == Direction.DOWN) {
      options.add("-R");
    }
    BusyTime busy = BusyTime.start();
    Received received = run(lane, seconds, options);
    double busyMicros = busy.micros();
    return new Reading(
        received.bytes * Byte.SIZE / received.seconds / BITS_PER_GBIT,
        busyMicros / (received.bytes / BYTES_PER_MB));
  }

  /** As fast as the client can, one after the other. */
  static Reading datagrams(Lane lane, int seconds) throws IOException {
    BusyTime busy = BusyTime.start();
    Received received =
        run(lane, seconds, List.of("-u", "-b", "0", "-l", Integer.toString(DATAGRAM_BYTES)));
    double busyMicros = busy.micros();
    double datagrams = received.bytes / DATAGRAM_BYTES;
    return new Reading(datagrams / received.seconds, busyMicros / datagrams);
  }

  private static Received run(Lane lane, int seconds, List<String> options) throws IOException {
    List<String> command = new ArrayList<>(List.of("iperf3", "-J", "-c", lane.oneServer()));
    command.addAll(List.of("-p", Integer.toString(Servers.IPERF_PORT)));
    command.addAll(List.of("-t", Integer.toString(seconds)));
    command.addAll(options);
    Received received = parse(lane.runClient(command));
    if (received.bytes == 0) {
      throw new IOException("iperf3: nothing arrived");
    }
    return received;
  }

  /**
   * @throws IOException with what iperf3 says went wrong
   */
  static Received parse(String json) throws IOException {
    Matcher received = RECEIVED.matcher(json);
    if (!received.find()) {
      Matcher error = ERROR.matcher(json);
      throw new IOException("iperf3: " + (error.find() ? error.group(1) : json.strip()));
    }
    return new Received(number(received.group(1), "bytes"), number(received.group(1), "seconds"));
  }

  private static double number(String object, String name) throws IOException {
    Matcher matcher = Pattern.compile("\"%s\":\\s*([0-9.eE+-]+)".formatted(name)).matcher(object);
    if (!matcher.find()) {
      throw new IOException("iperf3 says nothing of " + name);
    }
    return Double.parseDouble(matcher.group(1));
  }
}
