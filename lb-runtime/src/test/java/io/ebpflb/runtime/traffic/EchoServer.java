package io.ebpflb.runtime.traffic;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A backend, a process of its own. On one port it speaks UDP, where it sends each datagram back
 * after its name, and TCP, where the first line says what is wanted:
 *
 * <pre>
 *   GET ...             an HTTP answer whose body is its name
 *   name                its name and the client's address
 *   echo                its name, then every byte back
 *   upload BYTES        takes that many bytes and answers with their checksum
 *   download BYTES      sends that many bytes, {@link Payload}
 * </pre>
 */
final class EchoServer {
  private static final int BACKLOG = 4096;
  private static final int DATAGRAM_BYTES_MAX = 65536;

  private final String name;
  private final ExecutorService connections = Executors.newCachedThreadPool();

  private EchoServer(String name) {
    this.name = name;
  }

  /**
   * @param arguments name and port
   */
  public static void main(String[] arguments) throws IOException {
    EchoServer server = new EchoServer(arguments[0]);
    int port = Integer.parseInt(arguments[1]);
    ServerSocket listening = new ServerSocket();
    listening.setReuseAddress(true);
    listening.bind(new InetSocketAddress(port), BACKLOG);
    DatagramSocket datagrams = new DatagramSocket(port);
    new Thread(() -> server.answer(datagrams), "udp").start();
    System.out.println("ready");
    while (true) {
      Socket socket = listening.accept();
      server.connections.execute(() -> server.serve(socket));
    }
  }

  private void answer(DatagramSocket socket) {
    byte[] prefix = (name + " ").getBytes(StandardCharsets.US_ASCII);
    byte[] buffer = new byte[prefix.length + DATAGRAM_BYTES_MAX];
    System.arraycopy(prefix, 0, buffer, 0, prefix.length);
    while (true) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, prefix.length, DATAGRAM_BYTES_MAX);
        socket.receive(packet);
        packet.setData(buffer, 0, prefix.length + packet.getLength());
        socket.send(packet);
      } catch (IOException e) {
        System.out.println("udp: " + e.getMessage());
      }
    }
  }

  private void serve(Socket socket) {
    try (socket;
        InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = new BufferedOutputStream(socket.getOutputStream())) {
      socket.setTcpNoDelay(true);
      serve(socket, in, out);
    } catch (IOException e) {
      // The client went away.
    }
  }

  private void serve(Socket socket, InputStream in, OutputStream out) throws IOException {
    String[] words = Lines.read(in).split(" ");
    switch (words[0]) {
      case "GET" -> http(in, out);
      case "name" -> say(out, name + " " + socket.getInetAddress().getHostAddress() + "\n");
      case "echo" -> echo(in, out);
      case "upload" -> say(out, Long.toHexString(Payload.receive(in, count(words))) + "\n");
      case "download" -> Payload.send(out, count(words));
      default -> say(out, "what is " + words[0] + "?\n");
    }
    out.flush();
  }

  private static int count(String[] words) {
    return Integer.parseInt(words[1]);
  }

  private void http(InputStream in, OutputStream out) throws IOException {
    while (!Lines.read(in).isEmpty()) {
      // Headers do not matter here.
    }
    say(
        out,
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(name.length(), name));
  }

  private void echo(InputStream in, OutputStream out) throws IOException {
    say(out, name + "\n");
    out.flush();
    byte[] buffer = new byte[8192];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      out.write(buffer, 0, n);
      out.flush();
    }
  }

  private static void say(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }
}
