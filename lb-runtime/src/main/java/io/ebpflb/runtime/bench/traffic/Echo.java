package io.ebpflb.runtime.bench.traffic;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Sends back what it gets, one connection at a time: a process of its own. */
final class Echo {
  private static final int BUFFER_BYTES = 4096;

  private Echo() {}

  /**
   * @param arguments the port
   */
  public static void main(String[] arguments) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(Integer.parseInt(arguments[0])));
      while (true) {
        try (SocketChannel client = server.accept()) {
          client.setOption(StandardSocketOptions.TCP_NODELAY, true);
          serve(client, buffer);
        } catch (IOException e) {
          // This client's end; the next one is not concerned.
        }
      }
    }
  }

  private static void serve(SocketChannel client, ByteBuffer buffer) throws IOException {
    buffer.clear();
    while (client.read(buffer) >= 0) {
      buffer.flip();
      while (buffer.hasRemaining()) {
        client.write(buffer);
      }
      buffer.clear();
    }
  }
}
