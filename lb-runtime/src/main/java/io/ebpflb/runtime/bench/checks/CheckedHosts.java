package io.ebpflb.runtime.bench.checks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Every host of a network at once: takes each connection, answers what asks by HTTP, and keeps
 * account of when each host was checked. A process of its own, which ends with its standard input;
 * each line there is answered by one line: checks, hosts that were checked and the longest time in
 * ms that one of these went without, all since the line before.
 */
final class CheckedHosts {
  /** Hosts that can be told apart: those of a /16. */
  static final int HOSTS_MAX = 1 << 16;

  private static final int BACKLOG = 4096;
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
          .getBytes(StandardCharsets.US_ASCII);

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
  private final long[] lastNanos = new long[HOSTS_MAX];
  private final boolean[] wasSeen = new boolean[HOSTS_MAX];
  private long checks;
  private long longestNanos;

  private CheckedHosts() {}

  /**
   * @param arguments the port
   */
  public static void main(String[] arguments) throws IOException {
    CheckedHosts hosts = new CheckedHosts();
    try (Selector selector = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(Integer.parseInt(arguments[0])), BACKLOG);
      server.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
      Thread serving = new Thread(() -> hosts.serve(selector), "hosts");
      serving.setDaemon(true);
      serving.start();
      BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
      while (in.readLine() != null) {
        System.out.println(hosts.account());
      }
    }
  }

  private synchronized String account() {
    long now = System.nanoTime();
    int hosts = 0;
    for (int i = 0; i < HOSTS_MAX; i++) {
      if (lastNanos[i] != 0) {
        hosts += wasSeen[i] ? 1 : 0;
        longestNanos = Math.max(longestNanos, now - lastNanos[i]);
      }
    }
    String account =
        "%d %d %d".formatted(checks, hosts, TimeUnit.NANOSECONDS.toMillis(longestNanos));
    checks = 0;
    longestNanos = 0;
    Arrays.fill(wasSeen, false);
    return account;
  }

  private synchronized void note(int host) {
    long now = System.nanoTime();
    if (lastNanos[host] != 0) {
      longestNanos = Math.max(longestNanos, now - lastNanos[host]);
    }
    lastNanos[host] = now;
    wasSeen[host] = true;
    checks++;
  }

  private void serve(Selector selector) {
    try {
      while (selector.isOpen()) {
        selector.select(this::ready);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void ready(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        accept((ServerSocketChannel) key.channel(), key.selector());
      } else if (!answer((SocketChannel) key.channel())) {
        key.channel().close();
      }
    } catch (IOException peerIsGone) {
      close(key);
    }
  }

  private void accept(ServerSocketChannel server, Selector selector) throws IOException {
    for (SocketChannel peer = server.accept(); peer != null; peer = server.accept()) {
      byte[] address = ((InetSocketAddress) peer.getLocalAddress()).getAddress().getAddress();
      note((address[2] & 0xff) << 8 | address[3] & 0xff);
      peer.configureBlocking(false).register(selector, SelectionKey.OP_READ);
    }
  }

  /** Whether the peer is still there. */
  private boolean answer(SocketChannel peer) throws IOException {
    buffer.clear();
    if (peer.read(buffer) < 0) {
      return false;
    }
    peer.write(ByteBuffer.wrap(ANSWER));
    return true;
  }

  private static void close(SelectionKey key) {
    try {
      key.channel().close();
    } catch (IOException e) {
      key.cancel();
    }
  }
}
