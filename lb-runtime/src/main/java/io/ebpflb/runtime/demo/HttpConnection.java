package io.ebpflb.runtime.demo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** An HTTP connection that is kept open for request after request. One thread at a time. */
final class HttpConnection implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 3000;
  private static final int LINE_BYTES_MAX = 8192;
  private static final int BODY_BYTES_MAX = 65536;

  private final Socket socket = new Socket();
  private final InputStream in;
  private final byte[] request;

  /** Connects from the network namespace that the calling thread is in. */
  HttpConnection(InetSocketAddress server) throws IOException {
    request =
        "GET / HTTP/1.1\r\nHost: %s\r\n\r\n"
            .formatted(server.getHostString())
            .getBytes(StandardCharsets.US_ASCII);
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(server, TIMEOUT_MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Sends a request and returns the body of the answer. */
  String get() throws IOException {
    socket.getOutputStream().write(request);
    String status = line();
    if (!status.startsWith("HTTP/1.1 200 ")) {
      throw new IOException("answer: " + status);
    }
    int length = -1;
    for (String header = line(); !header.isEmpty(); header = line()) {
      if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(header.substring("content-length:".length()).strip());
      }
    }
    if (length < 0 || length > BODY_BYTES_MAX) {
      throw new IOException("answer without a usable content-length");
    }
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("connection closed within an answer");
      }
      if (line.length() == LINE_BYTES_MAX) {
        throw new IOException("answer with an endless line");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
