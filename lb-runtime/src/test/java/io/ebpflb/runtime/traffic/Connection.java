package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A TCP connection of which the test holds both ends. */
record Connection(Socket client, Socket backend) implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 5_000;

  /** More than a packet holds. */
  private static final int BYTES = 20_000;

  /** Something is said in both directions. */
  void isAlive() throws IOException {
    arrives(client, backend);
    arrives(backend, client);
  }

  private static void arrives(Socket from, Socket to) throws IOException {
    byte[] said = "alive?".getBytes(StandardCharsets.US_ASCII);
    from.getOutputStream().write(said);
    to.setSoTimeout(TIMEOUT_MILLIS);
    assertThat(to.getInputStream().readNBytes(said.length)).isEqualTo(said);
  }

  /** What either end says is answered by a reset. */
  void isReset(boolean clientSpeaksFirst) throws IOException {
    isReset(clientSpeaksFirst ? client : backend);
    isReset(clientSpeaksFirst ? backend : client);
  }

  private static void isReset(Socket end) throws IOException {
    end.setSoTimeout(TIMEOUT_MILLIS);
    assertThatThrownBy(
            () -> {
              end.getOutputStream().write(new byte[BYTES]);
              end.getInputStream().read();
            })
        .isInstanceOf(SocketException.class);
  }

  @Override
  public void close() throws IOException {
    client.close();
    backend.close();
  }
}
