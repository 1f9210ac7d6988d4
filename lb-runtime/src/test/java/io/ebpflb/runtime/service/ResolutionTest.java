package io.ebpflb.runtime.service;

import static io.ebpflb.runtime.service.TestServices.resolution;
import static io.ebpflb.runtime.service.TestServices.service;
import static io.ebpflb.runtime.service.TestServices.target;
import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Resolution;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How the answers of resolvers are taken. */
class ResolutionTest extends ServicesFixture {
  private static final Duration HOLDS = Duration.ofSeconds(5);

  private final List<Long> askedSeconds = new ArrayList<>();
  private CompletableFuture<Resolution> answer;

  private void startWithHost(double weight) {
    extensions.resolver(
        "host",
        () -> {
          askedSeconds.add(Duration.ofNanos(loop.nanoTime()).toSeconds());
          return answer;
        });
    start(service("web", Optional.empty(), List.of(target("host", weight))));
  }

  private static CompletableFuture<Resolution> answer(String... addresses) {
    return CompletableFuture.completedFuture(resolution(HOLDS, addresses));
  }

  @Test
  void theOrderOfAnAnswerMovesNothing() {
    List<String> addresses = new ArrayList<>(List.of("10.0.0.3", "10.0.0.1", "10.0.0.2"));
    answer = answer(addresses.toArray(String[]::new));
    startWithHost(30);
    assertThat(weights("web")).containsExactly("10.0.0.1:10.0", "10.0.0.2:10.0", "10.0.0.3:10.0");

    Random random = new Random(1);
    for (int i = 0; i < 20; i++) {
      Collections.shuffle(addresses, random);
      answer = answer(addresses.toArray(String[]::new));
      loop.advance(HOLDS);
    }

    assertThat(askedSeconds).hasSize(21);
    assertThat(dataPlane.applied).hasSize(1);
  }

  @Test
  void theLastGoodAnswerOutlivesAnyNumberOfFailuresAndIsAskedForLessAndLess() {
    answer = answer("10.0.0.1");
    startWithHost(1);
    askedSeconds.clear();
    long start = Duration.ofNanos(loop.nanoTime()).toSeconds();

    answer = CompletableFuture.failedFuture(new IOException("timed out"));
    loop.advance(Duration.ofHours(10));

    assertThat(weights("web")).containsExactly("10.0.0.1:1.0");
    assertThat(dataPlane.applied).hasSize(1);
    assertThat(askedSeconds.stream().limit(8).map(at -> at - start))
        .containsExactly(5L, 6L, 8L, 12L, 20L, 36L, 66L, 96L);
    assertThat(reconciler.snapshots().get(0).problems()).containsExactly("target host: timed out");

    answer = answer("10.0.0.2");
    loop.advance(ResolvedTarget.RETRY_MAX);
    assertThat(weights("web")).containsExactly("10.0.0.2:1.0");
    assertThat(reconciler.snapshots().get(0).problems()).isEmpty();
  }
}
