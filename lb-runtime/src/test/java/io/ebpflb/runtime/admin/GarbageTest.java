package io.ebpflb.runtime.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GarbageTest {

  private static final int REQUESTS = 3000;
  private static final long SEED = 20_261_123;

  @Test
  void nothingUpsetsTheServerOrStaysBehind() throws Exception {
    // Netty's constants are buffers, too, made when they are first needed.
    sendGarbage();
    long before = usedBytes();
    sendGarbage();
    // Some are made late; what a request leaves behind is more than a byte.
    awaitNoMoreThan(before + REQUESTS);
  }

  private static void sendGarbage() throws Exception {
    Limits limits =
        new Limits(
            64, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMillis(1), 32 << 20);
    Garbage garbage = new Garbage(SEED);
    try (AdminFixture admin = new AdminFixture(limits)) {
      for (int i = 0; i < REQUESTS; i++) {
        try (RawClient client = i % 2 == 0 ? admin.unix() : admin.tcp()) {
          garbage.send(client);
        }
      }
      assertThat(admin.get("/live").status()).isEqualTo(200);
      assertThat(admin.get("/metrics").status()).isEqualTo(200);
    }
  }

  private static long usedBytes() {
    ByteBufAllocatorMetric metric = UnpooledByteBufAllocator.DEFAULT.metric();
    return metric.usedDirectMemory() + metric.usedHeapMemory();
  }

  private static void awaitNoMoreThan(long bytes) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (usedBytes() > bytes && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    assertThat(usedBytes()).isLessThanOrEqualTo(bytes);
  }
}
