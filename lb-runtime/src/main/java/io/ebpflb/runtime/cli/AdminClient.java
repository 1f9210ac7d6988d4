package io.ebpflb.runtime.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

  /** A path whose odd pieces are names, which are escaped. */
  static String path(String... pieces) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < pieces.length; i++) {
      path.append(i % 2 == 0 ? pieces[i] : escaped(pieces[i]));
    }
    return path.toString();
  }

  private static String escaped(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * @throws EnvironmentException if no balancer answers, or none that is well
   * @throws RefusedException if it refuses
   */
  JsonObject get(String path) {
    return send("GET", path, Optional.empty());
  }

  /** As {@link #get} for any method. */
  JsonObject send(String method, String path, Optional<JsonObject> body) {
    return send(
        method,
        path,
        body.map(any -> "Content-Type: application/json\r\n").orElse(""),
        body.map(JsonObject::toString).orElse(""));
  }

  /** As {@link #get} for a POST of a config. */
  JsonObject postToml(String path, String config) {
    return send("POST", path, "Content-Type: application/toml\r\n", config);
  }

  private JsonObject send(String method, String path, String contentType, String body) {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    String head =
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + contentType
            + "Content-Length: "
            + content.length
            + "\r\n\r\n";
    AdminResponse response = AdminResponse.parse(exchange(head, content));
    if (response == null) {
      throw new EnvironmentException(
          "the process that listens on " + socket + " did not answer like a balancer");
    }
    try {
      JsonObject answer = JsonParser.parseString(response.body()).getAsJsonObject();
      if (response.status() != AdminResponse.OK) {
        throw failure(response.status(), answer);
      }
      return answer;
    } catch (JsonParseException | IllegalStateException | NullPointerException malformed) {
      throw new EnvironmentException(
          "the process that listens on "
              + socket
              + " answered "
              + response.status()
              + ", but not like a balancer");
    }
  }

  private RuntimeException failure(int status, JsonObject problem) {
    String detail = problem.get("detail").getAsString();
    List<String> errors = new ArrayList<>();
    if (problem.has("errors")) {
      problem.getAsJsonArray("errors").forEach(each -> errors.add(each.getAsString()));
    }
    return status / 100 == 4
        ? new RefusedException(detail, errors)
        : new EnvironmentException(
            "the balancer on " + socket + " answered " + status + ": " + detail);
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
    while (response.size() < RESPONSE_BYTES_MAX) {
      await(selector, deadline);
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
