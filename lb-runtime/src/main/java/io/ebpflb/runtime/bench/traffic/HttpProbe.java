package io.ebpflb.runtime.bench.traffic;

import io.ebpflb.runtime.dataplane.NetworkNamespace;
import io.ebpflb.runtime.demo.Namespace;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** One request, to see whether the way is open, or a balancer of ours complete. */
final class HttpProbe {
  private static final int TIMEOUT_MILLIS = 500;
  private static final String STATUS = "HTTP/1.1 200";

  private HttpProbe() {}

  static boolean isAnswered(Namespace from, String address, int port) throws Exception {
    return NetworkNamespace.enter(from.name(), () -> isAnswered(address, port));
  }

  /**
   * @param adminSocket of the balancer
   */
  static boolean isReady(Path adminSocket) {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(adminSocket))) {
      return isOk(
          Channels.newOutputStream(channel),
          Channels.newInputStream(channel),
          "localhost",
          "/ready");
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isAnswered(String address, int port) {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(new InetSocketAddress(address, port), TIMEOUT_MILLIS);
      return isOk(socket.getOutputStream(), socket.getInputStream(), address, "/");
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isOk(OutputStream to, InputStream from, String host, String path)
      throws IOException {
    String request =
        "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(path, host);
    to.write(request.getBytes(StandardCharsets.US_ASCII));
    byte[] answer = from.readNBytes(STATUS.length());
    return STATUS.equals(new String(answer, StandardCharsets.US_ASCII));
  }
}
