package io.ebpflb.runtime.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Asks a running balancer over its unix socket. One connection for each request; plain JDK, since
 * starting Netty would take longer than the answer.
 */
final class AdminClient {

  private static final int RESPONSE_BYTES_MAX = 64 << 20;
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path socket;
  private final Duration timeout;

  /**
   * @param timeout for a whole request
   */
  AdminClient(Path socket, Duration timeout) {
    this.socket = socket;
    this.timeout = timeout;
  }

  /**
   * @throws EnvironmentException if no balancer answers, or none that is well
   */
  JsonObject get(String path) {
    AdminResponse response = AdminResponse.parse(exchange(path));
    if (response == null) {
      throw new EnvironmentException(
          "the process that listens on " + socket + " did not answer like a balancer");
    }
    try {
      JsonObject body = JsonParser.parseString(response.body()).getAsJsonObject();
      if (response.status() != AdminResponse.OK) {
        throw new EnvironmentException(
            "the balancer on "
                + socket
                + " answered "
                + response.status()
                + ": "
                + body.get("detail").getAsString());
      }
      return body;
    } catch (JsonParseException | IllegalStateException | NullPointerException malformed) {
      throw new EnvironmentException(
          "the process that listens on "
              + socket
              + " answered "
              + response.status()
              + ", but not like a balancer");
    }
  }

  private byte[] exchange(String path) {
    String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = Selector.open()) {
      // Connecting in blocking mode would wait for a listener that accepts nobody.
      channel.configureBlocking(false);
      if (!channel.connect(UnixDomainSocketAddress.of(socket))) {
        throw new SocketTimeoutException();
      }
      // Shorter than any socket's buffer.
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      channel.register(selector, SelectionKey.OP_READ);
      return read(channel, selector);
    } catch (SocketTimeoutException late) {
      throw new EnvironmentException(
          "the balancer on " + socket + " did not answer within " + timeout.toSeconds() + " s");
    } catch (IllegalArgumentException badPath) {
      throw new EnvironmentException(socket + " cannot be a socket: " + badPath.getMessage());
    } catch (IOException failed) {
      throw failure(failed);
    }
  }

  private byte[] read(SocketChannel channel, Selector selector) throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    ByteArrayOutputStream response = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    while (response.size() < RESPONSE_BYTES_MAX) {
      long leftMillis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      if (leftMillis <= 0) {
        throw new SocketTimeoutException();
      }
      selector.select(leftMillis);
      selector.selectedKeys().clear();
      int count = channel.read(buffer.clear());
      if (count < 0) {
        return response.toByteArray();
      }
      response.write(buffer.array(), 0, count);
    }
    throw new IOException("the answer is longer than " + RESPONSE_BYTES_MAX + " bytes");
  }

  private EnvironmentException failure(IOException failed) {
    if (failed instanceof ConnectException || !Files.exists(socket)) {
      return new EnvironmentException(
          "no balancer listens on "
              + socket
              + "; start one with: lb run -c FILE, or name its socket with --socket");
    }
    return new EnvironmentException(
        "ask the balancer on "
            + socket
            + ": "
            + failed.getMessage()
            + "; run as root, or as a member of the socket's group");
  }
}
