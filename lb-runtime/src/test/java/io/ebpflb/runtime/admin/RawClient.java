package io.ebpflb.runtime.admin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Sends bytes as they are and reads responses one by one. Each read has a deadline. */
public final class RawClient implements AutoCloseable {

  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final SocketChannel channel;
  private final Selector selector;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();

  private RawClient(SocketAddress address) throws IOException {
    channel = SocketChannel.open(address);
    channel.configureBlocking(false);
    selector = Selector.open();
    channel.register(selector, SelectionKey.OP_READ);
  }

  public static RawClient unix(Path socket) throws IOException {
    return new RawClient(UnixDomainSocketAddress.of(socket));
  }

  public static RawClient tcp(InetSocketAddress address) throws IOException {
    return new RawClient(address);
  }

  public RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A peer that has closed is no failure here: what it said before can still be read. */
  public RawClient send(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try {
      while (buffer.hasRemaining()) {
        if (channel.write(buffer) == 0) {
          Thread.onSpinWait();
        }
      }
    } catch (IOException closed) {
      buffer.position(buffer.limit());
    }
    return this;
  }

  public void endOutput() throws IOException {
    channel.shutdownOutput();
  }

  /** The next response; with {@code head} one whose body is not sent. */
  Response response(boolean head) throws IOException {
    while (true) {
      Response response = Response.take(received, head);
      if (response != null) {
        return response;
      }
      if (!receive()) {
        throw new IOException("closed after: " + received.toString(StandardCharsets.UTF_8));
      }
    }
  }

  public Response response() throws IOException {
    return response(false);
  }

  /** Everything until the server closes. */
  public String rest() throws IOException {
    try {
      while (receive()) {
        continue;
      }
    } catch (SocketTimeoutException late) {
      throw late;
    } catch (IOException reset) {
      // Closed while bytes of ours were unread.
    }
    return received.toString(StandardCharsets.UTF_8);
  }

  private boolean receive() throws IOException {
    if (selector.select(DEADLINE.toMillis()) == 0) {
      throw new SocketTimeoutException("nothing came for " + DEADLINE);
    }
    selector.selectedKeys().clear();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    int count = channel.read(buffer);
    if (count > 0) {
      received.write(buffer.array(), 0, count);
    }
    return count >= 0;
  }

  @Override
  public void close() throws IOException {
    selector.close();
    channel.close();
  }

  public record Response(int status, Map<String, String> headers, String body) {

    private static Response take(ByteArrayOutputStream received, boolean headOnly) {
      byte[] bytes = received.toByteArray();
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      int end = text.indexOf("\r\n\r\n");
      if (end < 0) {
        return null;
      }
      String[] lines = text.substring(0, end).split("\r\n");
      Map<String, String> headers = new TreeMap<>();
      for (int i = 1; i < lines.length; i++) {
        int colon = lines[i].indexOf(':');
        headers.put(
            lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
            lines[i].substring(colon + 1).strip());
      }
      int from = end + 4;
      int length = headOnly ? 0 : Integer.parseInt(headers.get("content-length"));
      if (bytes.length < from + length) {
        return null;
      }
      String body = new String(bytes, from, length, StandardCharsets.UTF_8);
      received.reset();
      received.write(bytes, from + length, bytes.length - from - length);
      return new Response(Integer.parseInt(lines[0].split(" ")[1]), headers, body);
    }
  }
}
