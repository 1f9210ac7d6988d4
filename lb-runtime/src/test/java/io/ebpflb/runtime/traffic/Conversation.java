package io.ebpflb.runtime.traffic;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A TCP connection to an {@link EchoServer}, made from the network namespace that the calling
 * thread is in.
 */
final class Conversation implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 5000;

  private final Socket socket = new Socket();
  private final InputStream in;

  /**
   * @param localPort 0: any
   */
  Conversation(InetSocketAddress server, int localPort) throws IOException {
    try {
      socket.setReuseAddress(true);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.bind(new InetSocketAddress(localPort));
      socket.connect(server, TIMEOUT_MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      socket.close();
      throw new IOException("from port " + localPort + " to " + server + ": " + e.getMessage(), e);
    }
  }

  /** Who answers a connection from this port. */
  static String nameOf(InetSocketAddress server, int localPort) throws IOException {
    return answer(server, localPort).split(" ")[0];
  }

  /** Name and the client's address as the server sees it. */
  static String answer(InetSocketAddress server, int localPort) throws IOException {
    try (Conversation conversation = new Conversation(server, localPort)) {
      conversation.say("name");
      return conversation.line();
    }
  }

  /** Asks to have everything echoed, and returns who will do it. */
  String echo() throws IOException {
    say("echo");
    return line();
  }

  /** Sends a line and returns the next that comes. */
  String exchange(String line) throws IOException {
    say(line);
    return line();
  }

  void say(String line) throws IOException {
    socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  String line() throws IOException {
    return Lines.read(in);
  }

  Socket socket() {
    return socket;
  }

  InputStream in() {
    return in;
  }

  /** Ends both directions in order, ours first; the server has closed when this returns. */
  void finish() throws IOException {
    socket.shutdownOutput();
    while (in.read() >= 0) {
      // What is still on its way does not matter.
    }
    socket.close();
  }

  /** Ends with RST, so that neither side remembers the connection. */
  void abort() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
