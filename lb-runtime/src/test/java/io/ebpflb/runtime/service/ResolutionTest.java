package io.ebpflb.runtime.service;

import static io.ebpflb.runtime.service.TestServices.resolution;
import static io.ebpflb.runtime.service.TestServices.service;
import static io.ebpflb.runtime.service.TestServices.target;
import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Backend;
import io.ebpflb.api.Resolution;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
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

  private void answers(String label, AtomicReference<Resolution> answer) {
    extensions.resolver(label, () -> CompletableFuture.completedFuture(answer.get()));
  }

  private static Resolution many(int network, int count) {
    return resolution(
        HOLDS,
        IntStream.range(0, count)
            .mapToObj(i -> "10.%d.%d.%d".formatted(network, i / 256, i % 256))
            .toArray(String[]::new));
  }

  private int backends(String service) {
    return weights(service).size();
  }

  /** Each answer could be taken, both together could not. */
  @Test
  void whatWouldBringAGroupOverItsLimitIsNotTakenAndHoldsUpNoOtherService() {
    AtomicReference<Resolution> first = new AtomicReference<>(many(1, 600));
    AtomicReference<Resolution> second = new AtomicReference<>(many(2, 424));
    AtomicReference<Resolution> other = new AtomicReference<>(resolution(HOLDS, "10.9.0.1"));
    answers("first", first);
    answers("second", second);
    answers("other", other);
    start(
        service("web", Optional.empty(), List.of(target("first", 1), target("second", 1))),
        service("other", Optional.empty(), List.of(target("other", 1))));
    assertThat(backends("web")).isEqualTo(Backend.GROUP_MAX);

    second.set(many(3, 425));
    other.set(resolution(HOLDS, "10.9.0.2"));
    loop.advance(HOLDS.plus(Reconciler.COALESCE));

    assertThat(backends("web")).isEqualTo(Backend.GROUP_MAX);
    assertThat(weights("web"))
        .anyMatch(each -> each.startsWith("10.2."))
        .noneMatch(each -> each.startsWith("10.3."));
    assertThat(weights("other")).containsExactly("10.9.0.2:1.0");
    assertThat(reconciler.problem()).isEmpty();
    assertThat(reconciler.snapshots().get(0).problems())
        .containsExactly(
            "target second: with its answer of 425 its group had 1025 backends,"
                + " more than 1024 are not taken");

    first.set(many(1, 599));
    loop.advance(HOLDS.plus(ResolvedTarget.RETRY_MAX));

    assertThat(weights("web"))
        .hasSize(Backend.GROUP_MAX)
        .noneMatch(each -> each.startsWith("10.2."));
    assertThat(reconciler.snapshots().get(0).problems()).isEmpty();
  }

  @Test
  void whatSeveralTargetsShareCountsOnce() {
    answers("first", new AtomicReference<>(many(1, Backend.GROUP_MAX)));
    answers("second", new AtomicReference<>(many(1, 1)));
    start(service("web", Optional.empty(), List.of(target("first", 1), target("second", 1))));

    assertThat(backends("web")).isEqualTo(Backend.GROUP_MAX);
    assertThat(reconciler.snapshots().get(0).problems()).isEmpty();
  }

  @Test
  void aTargetThatMovesOnWithItsServiceSharesTheRoomOfTheNextOne() {
    AtomicReference<Resolution> first = new AtomicReference<>(many(1, 1_000));
    answers("first", first);
    answers("second", new AtomicReference<>(many(2, 20)));
    start(service("web", Optional.empty(), List.of(target("first", 1))));

    replace(
        false, service("web", Optional.empty(), List.of(target("first", 1), target("second", 1))));
    first.set(many(1, 1_005));
    loop.advance(HOLDS.plus(Reconciler.COALESCE));

    assertThat(backends("web")).isEqualTo(1_020);
    assertThat(reconciler.snapshots().get(0).problems().toString()).contains("had 1025 backends");
  }
}
