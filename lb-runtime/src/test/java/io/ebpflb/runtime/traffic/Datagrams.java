package io.ebpflb.runtime.traffic;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A UDP socket that hears one server alone, in the calling thread's network namespace. */
final class Datagrams implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 3000;

  private final DatagramSocket socket;

  /**
   * @param local port 0: any; address unspecified: any
   */
  Datagrams(InetSocketAddress server, InetSocketAddress local) throws IOException {
    socket = new DatagramSocket(local);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    // An answer from elsewhere than the service address would not be heard.
    socket.connect(server);
  }

  /** Sends text and returns the answer. */
  String exchange(String text) throws IOException {
    byte[] sent = text.getBytes(StandardCharsets.US_ASCII);
    socket.send(new DatagramPacket(sent, sent.length));
    DatagramPacket answer = new DatagramPacket(new byte[sent.length + 100], sent.length + 100);
    socket.receive(answer);
    return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    socket.close();
  }
}
