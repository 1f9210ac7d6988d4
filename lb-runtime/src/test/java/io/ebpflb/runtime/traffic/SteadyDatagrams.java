package io.ebpflb.runtime.traffic;

import io.ebpflb.runtime.demo.Namespace;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Sends a datagram to an {@link EchoServer} every few milliseconds and watches the answers. */
final class SteadyDatagrams implements AutoCloseable {
  private static final int INTERVAL_MILLIS = 10;
  private static final int DEADLINE_SECONDS = 90;
  private static final byte[] PAYLOAD = {'x'};

  private final DatagramSocket socket;
  private long answers;
  private long last;
  private long longestNanos;
  private volatile boolean closing;

  private SteadyDatagrams(DatagramSocket socket) {
    this.socket = socket;
  }

  static SteadyDatagrams start(Namespace from, InetSocketAddress server) throws Exception {
    DatagramSocket socket =
        Within.namespace(
            from,
            () -> {
              DatagramSocket opened = new DatagramSocket();
              opened.connect(server);
              return opened;
            });
    SteadyDatagrams datagrams = new SteadyDatagrams(socket);
    datagrams.background(datagrams::send, "send");
    datagrams.background(datagrams::receive, "receive");
    return datagrams;
  }

  private void background(Runnable task, String name) {
    Thread thread = new Thread(task, "steady-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void send() {
    while (!closing) {
      try {
        socket.send(new DatagramPacket(PAYLOAD, PAYLOAD.length));
      } catch (IOException e) {
        // What an ICMP error says of an earlier one; the next may get through.
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(INTERVAL_MILLIS));
    }
  }

  private void receive() {
    byte[] buffer = new byte[64];
    while (!closing) {
      try {
        socket.receive(new DatagramPacket(buffer, buffer.length));
        answered(System.nanoTime());
      } catch (IOException e) {
        // As above, or closed.
      }
    }
  }

  private synchronized void answered(long now) {
    answers++;
    longestNanos = Math.max(longestNanos, now - last);
    last = now;
    notifyAll();
  }

  /** Silence counts from now on. */
  synchronized void mark() {
    last = System.nanoTime();
    longestNanos = 0;
  }

  /** Waits for so many more answers. */
  synchronized void awaitAnswers(int count) throws Exception {
    long wanted = answers + count;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (answers < wanted) {
      long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (millis <= 0) {
        throw new IOException(
            "%s: %d of %d answers within %d s"
                .formatted(
                    socket.getRemoteSocketAddress(),
                    answers - wanted + count,
                    count,
                    DEADLINE_SECONDS));
      }
      wait(millis);
    }
  }

  /** The longest time without an answer since the mark. */
  synchronized long silenceMillis() {
    return TimeUnit.NANOSECONDS.toMillis(longestNanos);
  }

  @Override
  public void close() {
    closing = true;
    socket.close();
  }
}
