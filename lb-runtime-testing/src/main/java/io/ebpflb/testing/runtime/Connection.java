package io.ebpflb.testing.runtime;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.OptionalInt;

/**
 * How one connection of the client's went.
 *
 * @param answeredBy the number of the backend that answered; empty if none did
 * @param problem why none did; empty if one did
 */
public record Connection(OptionalInt answeredBy, String problem) {
  private static final int TIMEOUT_MILLIS = 3_000;

  static Connection to(InetSocketAddress service) {
    try (Socket socket = new Socket()) {
      socket.connect(service, TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      int number = socket.getInputStream().read();
      return number < 0
          ? new Connection(OptionalInt.empty(), "closed without an answer")
          : new Connection(OptionalInt.of(number), "");
    } catch (IOException e) {
      return new Connection(OptionalInt.empty(), String.valueOf(e.getMessage()));
    }
  }
}
