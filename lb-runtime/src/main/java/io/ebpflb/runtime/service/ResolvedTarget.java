package io.ebpflb.runtime.service;

import io.ebpflb.api.Endpoints;
import io.ebpflb.api.Resolution;
import io.ebpflb.api.TargetResolver;
import io.ebpflb.runtime.config.Configuration.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One target of a group: asks its resolver and keeps the last good answer. Lives on the
 * reconciler's loop.
 */
final class ResolvedTarget implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("targets");

  static final Duration RETRY_MIN = Duration.ofSeconds(1);
  static final Duration RETRY_MAX = Duration.ofSeconds(30);

  /**
   * An answer that claims to hold for longer is asked for again after this, {@code FOREVER} not.
   */
  static final Duration VALID_MAX = Duration.ofDays(1);

  /** DNS answers arrive in random order; sorting keeps a refresh from reshuffling every flow. */
  private static final Comparator<Resolution.Entry> BY_ENDPOINT =
      Comparator.comparing(entry -> Endpoints.format(entry.address(), entry.port()));

  private final Loop loop;
  private final String service;
  private final Target target;
  private final TargetResolver resolver;
  private final Runnable changed;
  private BackendRules rules;
  private Optional<ServiceGroup> group = Optional.empty();
  private Optional<ResolvedTarget> earlier = Optional.empty();
  private List<Resolution.Entry> entries = List.of();
  private Optional<String> problem = Optional.empty();
  private Duration retry = RETRY_MIN;
  private Loop.Timer timer = Loop.Timer.NONE;
  private boolean hasReported;
  private boolean hasAnswered;
  private boolean isAsked;
  private boolean isAskedAgain;
  private boolean isClosed;

  /**
   * @param changed called on the loop after the first answer and whenever entries or problem
   *     changed
   */
  ResolvedTarget(
      Loop loop,
      String service,
      Target target,
      TargetResolver resolver,
      BackendRules rules,
      Runnable changed) {
    this.loop = loop;
    this.service = service;
    this.target = target;
    this.resolver = resolver;
    this.rules = rules;
    this.changed = changed;
  }

  /** Is to begin with the answer of an earlier one, which stands until there is another. */
  void succeed(ResolvedTarget predecessor) {
    earlier = Optional.of(predecessor);
  }

  Target target() {
    return target;
  }

  /** The last good answer; empty before the first. */
  List<Resolution.Entry> entries() {
    return entries;
  }

  Optional<String> problem() {
    return problem;
  }

  /** Whether the resolver has answered at all, well or badly. */
  boolean hasReported() {
    return hasReported;
  }

  /** Whether there was a good answer; that there is no backend at present may be one. */
  boolean hasAnswered() {
    return hasAnswered;
  }

  /** What further answers may name. */
  void useRules(BackendRules newRules) {
    rules = newRules;
  }

  /** With whose other targets it shares the room there is for backends. */
  void belongTo(ServiceGroup itsGroup) {
    group = Optional.of(itsGroup);
  }

  /** The first resolution, for this group unless it has another. */
  void beginIn(ServiceGroup first) {
    group = group.or(() -> Optional.of(first));
    resolve();
  }

  void resolve() {
    earlier.ifPresent(predecessor -> entries = predecessor.entries);
    earlier = Optional.empty();
    isAsked = true;
    CompletableFuture<Resolution> answer;
    try {
      answer = resolver.resolve();
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    if (answer == null) {
      answer = CompletableFuture.completedFuture(null);
    }
    if (answer.isDone()) {
      answer.whenComplete(this::take);
    } else {
      answer.whenComplete((resolution, failure) -> loop.execute(() -> take(resolution, failure)));
    }
  }

  /** Asks now, or again as soon as the answer under way is there, which may be out of date. */
  void refresh() {
    isAskedAgain = isAsked;
    if (!isAsked) {
      timer.cancel();
      resolve();
    }
  }

  @Override
  public void close() {
    isClosed = true;
    timer.cancel();
    resolver.close();
  }

  private void take(Resolution resolution, Throwable failure) {
    isAsked = false;
    if (isClosed) {
      return;
    }
    judge(resolution, failure);
    if (isAskedAgain) {
      refresh();
    }
  }

  private void judge(Resolution resolution, Throwable failure) {
    if (failure != null || resolution == null) {
      reject(
          failure != null ? String.valueOf(failure.getMessage()) : "the resolver gave no answer");
      return;
    }
    if (resolution.isNone()) {
      retry = RETRY_MIN;
      hasAnswered = true;
      accept(List.of(), Optional.of("there is no backend at present"));
      again(bounded(resolution.validFor(), RETRY_MIN, VALID_MAX));
      return;
    }
    List<String> refusals = new ArrayList<>();
    List<Resolution.Entry> usable = new ArrayList<>();
    for (Resolution.Entry entry : ofFamily(resolution.entries())) {
      rules
          .refusal(entry.address(), entry.port())
          .ifPresentOrElse(refusals::add, () -> usable.add(entry));
    }
    if (usable.isEmpty()) {
      reject(refusals.isEmpty() ? "resolves to nothing" : refusals.get(0));
      return;
    }
    Optional<String> tooMany = group.flatMap(each -> each.refusal(this, usable));
    if (tooMany.isPresent()) {
      reject(tooMany.get());
      return;
    }
    usable.sort(BY_ENDPOINT);
    retry = RETRY_MIN;
    hasAnswered = true;
    accept(List.copyOf(usable), refusals.stream().findFirst());
    if (!resolution.validFor().equals(Resolution.FOREVER)) {
      again(bounded(resolution.validFor(), RETRY_MIN, VALID_MAX));
    }
  }

  /** A name with addresses of both families is no problem of a service that has one. */
  private List<Resolution.Entry> ofFamily(List<Resolution.Entry> all) {
    List<Resolution.Entry> same =
        all.stream().filter(entry -> rules.isOfFamily(entry.address())).toList();
    return same.isEmpty() ? all : same;
  }

  private void reject(String why) {
    accept(entries, Optional.of(why));
    again(retry);
    retry = bounded(retry.multipliedBy(2), RETRY_MIN, RETRY_MAX);
  }

  private void accept(List<Resolution.Entry> newEntries, Optional<String> newProblem) {
    boolean news = !hasReported || !entries.equals(newEntries) || !problem.equals(newProblem);
    if (!problem.equals(newProblem)) {
      log(newEntries.size(), newProblem);
    }
    hasReported = true;
    entries = newEntries;
    problem = newProblem;
    if (news) {
      changed.run();
    }
  }

  private void again(Duration delay) {
    timer.cancel();
    timer = loop.after(delay, this::resolve);
  }

  private void log(int backends, Optional<String> newProblem) {
    if (newProblem.isEmpty()) {
      LOG.info(
          "service \"{}\": target {} resolves again: {} backends",
          service,
          target.label(),
          backends);
    } else if (backends == 0) {
      LOG.warn(
          "service \"{}\": target {}: {}; it has no backend yet",
          service,
          target.label(),
          newProblem.get());
    } else {
      LOG.warn(
          "service \"{}\": target {}: {}; going on with {} backends",
          service,
          target.label(),
          newProblem.get(),
          backends);
    }
  }

  private static Duration bounded(Duration value, Duration min, Duration max) {
    return value.compareTo(min) < 0 ? min : value.compareTo(max) > 0 ? max : value;
  }
}
