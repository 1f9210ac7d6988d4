package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.demo.Topology;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that speak all the time, each over one connection that lasts and short ones beside it.
 */
final class Talkers implements AutoCloseable {
  /** Each speaks ten times a second, and every fourth time over a new connection. */
  private static final long PAUSE_MILLIS = 100;

  private static final long END_SECONDS = 30;

  private final AtomicBoolean isOver = new AtomicBoolean();
  private final AtomicInteger requests = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<Integer>> talkers = new ArrayList<>();

  /** So many on the client's host, spread over the services. */
  static Talkers begin(Topology topology, int count, InetSocketAddress... services)
      throws Exception {
    Talkers all = new Talkers();
    Within.namespace(
        topology.client(),
        () -> {
          for (int i = 0; i < count; i++) {
            InetSocketAddress service = services[i % services.length];
            all.talkers.add(all.threads.submit(() -> all.talk(service)));
          }
          return null;
        });
    return all;
  }

  private int talk(InetSocketAddress service) throws Exception {
    int said = 0;
    try (Conversation lasting = new Conversation(service, 0)) {
      lasting.echo();
      while (!isOver.get()) {
        assertThat(lasting.exchange("word " + said)).isEqualTo("word " + said);
        said++;
        requests.incrementAndGet();
        if (said % 4 == 0) {
          assertThat(Conversation.nameOf(service, 0)).startsWith("backend");
          requests.incrementAndGet();
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    }
    return said;
  }

  /**
   * Lets them end.
   *
   * @return how often they were answered
   * @throws Exception if one of them was not, once
   */
  int finish() throws Exception {
    isOver.set(true);
    for (Future<Integer> talker : talkers) {
      assertThat(talker.get(END_SECONDS, TimeUnit.SECONDS)).isPositive();
    }
    return requests.get();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
