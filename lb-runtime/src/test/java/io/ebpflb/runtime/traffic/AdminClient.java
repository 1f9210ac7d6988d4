package io.ebpflb.runtime.traffic;

import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Asks a balancer over its unix socket, which reaches across network namespaces. */
record AdminClient(Path socket) {

  /** The body of an answer that must be 200. */
  String get(String path) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.write(
          ByteBuffer.wrap(
              "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .formatted(path)
                  .getBytes(StandardCharsets.US_ASCII)));
      InputStream in = Channels.newInputStream(channel);
      String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      if (!answer.startsWith("HTTP/1.1 200 ")) {
        throw new IOException(path + ": " + answer);
      }
      return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
  }

  /**
   * The sum of a metric's samples that have all these labels, written as the exposition has them:
   * {@code map="flows"}.
   */
  double metric(String name, String... labels) throws IOException {
    List<String> samples = samples(name, labels);
    if (samples.isEmpty()) {
      throw new IOException("no sample of " + name + " " + List.of(labels));
    }
    return samples.stream()
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** The lines that {@link #metric} sums. */
  List<String> samples(String name, String... labels) throws IOException {
    return get("/metrics")
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> List.of(labels).stream().allMatch(line::contains))
        .toList();
  }
}
