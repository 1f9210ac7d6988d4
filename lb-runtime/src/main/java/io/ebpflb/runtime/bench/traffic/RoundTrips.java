package io.ebpflb.runtime.bench.traffic;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One byte there, one byte back, over and over on one connection: a process of its own. */
final class RoundTrips {
  private static final long WARM_UP_NANOS = 300_000_000;
  private static final int SAMPLES_MAX = 4_000_000;
  private static final Pattern SUMS =
      Pattern.compile("count=(\\d+) p50_ns=(\\d+) p99_ns=(\\d+) busy_us=(\\d+)");

  private RoundTrips() {}

  static Reading measure(Lane lane, int seconds) throws IOException {
    return parse(
        lane.runClient(
            JavaProcess.command(
                RoundTrips.class,
                lane.oneServer(),
                Integer.toString(Servers.ECHO_PORT),
                Integer.toString(seconds))));
  }

  static Reading parse(String printed) throws IOException {
    Matcher matcher = SUMS.matcher(printed);
    if (!matcher.find()) {
      throw new IOException("round trips: " + printed.strip());
    }
    double count = Double.parseDouble(matcher.group(1));
    return new Reading(
        Long.parseLong(matcher.group(2)) / 1e3,
        Long.parseLong(matcher.group(3)) / 1e3,
        Long.parseLong(matcher.group(4)) / count);
  }

  /**
   * @param arguments address, port and seconds
   */
  public static void main(String[] arguments) throws IOException {
    var server = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
    long nanos = Integer.parseInt(arguments[2]) * 1_000_000_000L;
    try (SocketChannel channel = SocketChannel.open(server)) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      exchange(channel, WARM_UP_NANOS);
      BusyTime busy = BusyTime.start();
      long[] taken = exchange(channel, nanos);
      double busyMicros = busy.micros();
      Arrays.sort(taken);
      System.out.printf(
          "count=%d p50_ns=%d p99_ns=%d busy_us=%.0f%n",
          taken.length, taken[taken.length / 2], taken[taken.length * 99 / 100], busyMicros);
    }
  }

  /** How long each exchange took, in the given time. */
  private static long[] exchange(SocketChannel channel, long nanos) throws IOException {
    long[] taken = new long[SAMPLES_MAX];
    int count = 0;
    ByteBuffer one = ByteBuffer.allocateDirect(1);
    long start = System.nanoTime();
    for (long now = start; now - start < nanos && count < SAMPLES_MAX; count++) {
      one.clear();
      channel.write(one);
      one.clear();
      if (channel.read(one) < 0) {
        throw new IOException("the server ended the connection");
      }
      long end = System.nanoTime();
      taken[count] = end - now;
      now = end;
    }
    return Arrays.copyOf(taken, count);
  }
}
