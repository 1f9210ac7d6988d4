package io.ebpflb.testing.runtime;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Answers each connection with one byte, its backend's number. */
final class NumberServer implements Closeable {
  private static final int BACKLOG = 1_024;

  private final ServerSocket listening;
  private final int number;
  private final Thread thread = new Thread(this::serve, "lab-backend");

  private NumberServer(ServerSocket listening, int number) {
    this.listening = listening;
    this.number = number;
  }

  /** Listens in the network namespace of the calling thread when this returns. */
  static NumberServer listen(InetSocketAddress address, int number) throws IOException {
    ServerSocket listening = new ServerSocket();
    listening.setReuseAddress(true);
    listening.bind(address, BACKLOG);
    NumberServer server = new NumberServer(listening, number);
    server.thread.setDaemon(true);
    server.thread.start();
    return server;
  }

  private void serve() {
    while (!listening.isClosed()) {
      try (Socket accepted = listening.accept()) {
        accepted.getOutputStream().write(number);
      } catch (IOException e) {
        // A client that left, or the end.
      }
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
