package io.ebpflb.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Exchange;
import io.ebpflb.runtime.dataplane.NetworkNamespace;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an exchange says in a network that has no way to its peer. */
class UnreachableIT {
  private final String namespace = "lbnet" + ProcessHandle.current().pid();

  @BeforeEach
  void addNamespace() throws Exception {
    netns("add");
  }

  @AfterEach
  void deleteNamespace() throws Exception {
    netns("delete");
  }

  private void netns(String command) throws Exception {
    Process ip = new ProcessBuilder("ip", "netns", command, namespace).inheritIO().start();
    assertThat(ip.waitFor()).isZero();
  }

  @Test
  void namesANetworkWithoutRoute() throws Exception {
    InetSocketAddress peer = new InetSocketAddress("192.0.2.3", 80);
    try (EventLoops loops = new EventLoops(1);
        NettyNetwork network =
            new NettyNetwork(loops, TlsHandlers.withSystemTrust(), Runnable::run, 1)) {
      CompletableFuture<Exchange.Reply> exchange =
          NetworkNamespace.enter(
              namespace, () -> network.exchange(Exchange.connect(peer, Duration.ofSeconds(10))));
      assertThat(exchange.handle((reply, failure) -> failure).get(10, TimeUnit.SECONDS))
          .hasMessage("network is unreachable while connecting");
    }
  }
}
