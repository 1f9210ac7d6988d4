package io.ebpflb.runtime.bench.traffic;

import io.ebpflb.runtime.dataplane.NetworkNamespace;
import io.ebpflb.runtime.demo.Namespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One request, to see whether the way is open. */
final class HttpProbe {
  private static final int TIMEOUT_MILLIS = 500;
  private static final String STATUS = "HTTP/1.1 200";

  private HttpProbe() {}

  static boolean isAnswered(Namespace from, String address, int port) throws Exception {
    return NetworkNamespace.enter(from.name(), () -> isAnswered(address, port));
  }

  private static boolean isAnswered(String address, int port) {
    String request = "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(address);
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(new InetSocketAddress(address, port), TIMEOUT_MILLIS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(STATUS.length());
      return STATUS.equals(new String(answer, StandardCharsets.US_ASCII));
    } catch (IOException e) {
      return false;
    }
  }
}
