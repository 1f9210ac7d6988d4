package io.ebpflb.runtime.cli;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Over the balancer's unix socket, a connection for each request; plain JDK, since starting Netty
 * would take longer than the answer.
 */
final class UnixTransport implements AdminTransport {

  private static final int BUFFER_BYTES = 1 << 16;

  private final Path socket;
  private final Duration timeout;

  /**
   * @param timeout for a whole request
   */
  UnixTransport(Path socket, Duration timeout) {
    this.socket = socket;
    this.timeout = timeout;
  }

  @Override
  public String toString() {
    return socket.toString();
  }

  @Override
  public Optional<AdminResponse> exchange(
      String method, String path, Map<String, String> headers, byte[] body) {
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: localhost\r\n");
    head.append("Connection: close\r\nContent-Length: ").append(body.length).append("\r\n");
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    return AdminResponse.parse(exchange(head.append("\r\n").toString(), body));
  }

  private byte[] exchange(String head, byte[] content) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = Selector.open()) {
      // Connecting in blocking mode would wait for a listener that accepts nobody.
      channel.configureBlocking(false);
      if (!channel.connect(UnixDomainSocketAddress.of(socket))) {
        throw new SocketTimeoutException();
      }
      long deadline = System.nanoTime() + timeout.toNanos();
      SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
      for (byte[] each : List.of(head.getBytes(StandardCharsets.US_ASCII), content)) {
        write(channel, selector, ByteBuffer.wrap(each), deadline);
      }
      key.interestOps(SelectionKey.OP_READ);
      return read(channel, selector, deadline);
    } catch (SocketTimeoutException late) {
      throw new EnvironmentException(
          "the balancer on " + socket + " did not answer within " + timeout.toSeconds() + " s");
    } catch (IllegalArgumentException badPath) {
      throw new EnvironmentException(socket + " cannot be a socket: " + badPath.getMessage());
    } catch (IOException failed) {
      throw failure(failed);
    }
  }

  private static void write(
      SocketChannel channel, Selector selector, ByteBuffer bytes, long deadline)
      throws IOException {
    while (bytes.hasRemaining()) {
      await(selector, deadline);
      channel.write(bytes);
    }
  }

  private static void await(Selector selector, long deadline) throws IOException {
    long leftMillis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    if (leftMillis <= 0) {
      throw new SocketTimeoutException();
    }
    selector.select(leftMillis);
    selector.selectedKeys().clear();
  }

  private static byte[] read(SocketChannel channel, Selector selector, long deadline)
      throws IOException {
    ByteArrayOutputStream response = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    while (response.size() < AdminResponse.BYTES_MAX) {
      await(selector, deadline);
      int count = channel.read(buffer.clear());
      if (count < 0) {
        return response.toByteArray();
      }
      response.write(buffer.array(), 0, count);
    }
    throw new IOException("the answer is longer than " + AdminResponse.BYTES_MAX + " bytes");
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
