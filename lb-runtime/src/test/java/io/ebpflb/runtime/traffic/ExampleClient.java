package io.ebpflb.runtime.traffic;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Asks services who answers, from the network namespace that the calling thread is in. */
final class ExampleClient {
  static final int TIMEOUT_MILLIS = 5000;
  private static final String REFUSED = "refused";

  private ExampleClient() {}

  /** A connection that is kept. */
  static final class Kept implements AutoCloseable {
    private final Socket socket = new Socket();
    private final InputStream in;

    Kept(String from, InetSocketAddress service) throws IOException {
      try {
        socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(service, TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
      } catch (IOException e) {
        socket.close();
        throw e;
      }
    }

    /** The body of the answer to a request for a path. */
    String get(String path) throws IOException {
      String request = "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(path);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      int length = 0;
      for (String line = Lines.read(in); !line.isEmpty(); line = Lines.read(in)) {
        String[] header = line.toLowerCase(Locale.ROOT).split(": *");
        length = header[0].equals("content-length") ? Integer.parseInt(header[1]) : length;
      }
      return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** How often each server answered new connections; {@code "refused"} where none did. */
  static Map<String, Integer> ask(String from, InetSocketAddress service, int times) {
    Map<String, Integer> answers = new HashMap<>();
    for (int i = 0; i < times; i++) {
      String answer;
      try (Kept connection = new Kept(from, service)) {
        answer = connection.get("/");
      } catch (IOException e) {
        answer = REFUSED;
      }
      answers.merge(answer, 1, Integer::sum);
    }
    return answers;
  }

  /** Which server answers a datagram. */
  static String askByDatagram(InetSocketAddress service) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      byte[] bytes = new byte[512];
      socket.send(new DatagramPacket(bytes, 1, service));
      DatagramPacket answer = new DatagramPacket(bytes, bytes.length);
      socket.receive(answer);
      return new String(bytes, 0, answer.getLength(), StandardCharsets.US_ASCII);
    }
  }
}
