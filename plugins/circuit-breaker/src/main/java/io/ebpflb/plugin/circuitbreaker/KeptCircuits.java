package io.ebpflb.plugin.circuitbreaker;

import io.ebpflb.api.Backend;
import io.ebpflb.api.KeptState;
import io.ebpflb.api.KeptState.Kept;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What outlives an upgrade, a reload and a restart: what operators forced, and which circuits are
 * not closed. By {@code service/address:port}; also of backends that are not there now. One line
 * for each: what it is of, the state, for one that tripped since when it is open, and whose.
 */
final class KeptCircuits {
  /** Had a state and a name in each line, all of them forced. */
  private static final int VERSION_FORCED_ONLY = 1;

  private static final int VERSION = 2;
  private static final String FORCED = "forced";
  private static final String TRIPPED = "tripped";

  /** The newest of more, so that the text stays within what may be kept. */
  private static final int TRIPPED_MAX = 4096;

  /** A backend that did not come back within it starts anew. */
  private static final Duration TRIPPED_AGE_MAX = Duration.ofDays(1);

  private final KeptState store;
  private final Map<String, CircuitState> forced = new TreeMap<>();
  private final Map<String, Tripped> tripped = new TreeMap<>();
  private boolean isUnsaved;

  KeptCircuits(KeptState store) {
    this.store = store;
  }

  /**
   * Reads what an earlier one kept.
   *
   * @throws IllegalArgumentException if it is in no form that is known
   */
  void load(Instant now) {
    try {
      store.load().ifPresent(kept -> read(kept, now));
    } catch (RuntimeException e) {
      forced.clear();
      tripped.clear();
      throw new IllegalArgumentException(e.toString());
    }
  }

  private void read(Kept kept, Instant now) {
    if (kept.version() != VERSION && kept.version() != VERSION_FORCED_ONLY) {
      throw new IllegalArgumentException("format " + kept.version());
    }
    String prefix = kept.version() == VERSION ? "" : FORCED + " ";
    kept.text().lines().map(line -> (prefix + line).split(" ")).forEach(words -> read(words, now));
  }

  private void read(String[] words, Instant now) {
    CircuitState state = CircuitState.of(words[1]);
    if (words[0].equals(FORCED)) {
      forced.put(words[2], state);
      return;
    }
    Instant openedAt = Instant.parse(words[2]);
    if (openedAt.plus(TRIPPED_AGE_MAX).isAfter(now)) {
      tripped.put(words[3], new Tripped(state, openedAt));
    }
  }

  Optional<CircuitState> forced(Backend backend) {
    return Optional.ofNullable(forced.get(backend.toString()));
  }

  Optional<Tripped> tripped(Backend backend) {
    return Optional.ofNullable(tripped.get(backend.toString()));
  }

  void force(Backend backend, CircuitState state) {
    forced.put(backend.toString(), state);
    save();
  }

  /** Whether there was anything to forget. */
  boolean reset(Backend backend) {
    boolean wasForced = forced.remove(backend.toString()) != null;
    boolean wasTripped = tripped.remove(backend.toString()) != null;
    if (wasForced || wasTripped) {
      save();
    }
    return wasForced || wasTripped;
  }

  /**
   * To be saved once all that changed at a time is known: a rack that dies trips hundreds.
   *
   * @param now empty: it is closed, or its backend is gone
   */
  void trip(Backend backend, Optional<Tripped> now) {
    String key = backend.toString();
    Tripped before = now.isPresent() ? tripped.put(key, now.get()) : tripped.remove(key);
    isUnsaved |= !now.equals(Optional.ofNullable(before));
  }

  void saveIfChanged() {
    if (isUnsaved) {
      save();
    }
  }

  private void save() {
    isUnsaved = false;
    Stream<String> ofOperators =
        forced.entrySet().stream()
            .map(each -> String.join(" ", FORCED, each.getValue().text(), each.getKey()));
    Comparator<Map.Entry<String, Tripped>> byAge =
        Comparator.comparing(each -> each.getValue().openedAt());
    Stream<String> ofTraffic =
        tripped.entrySet().stream()
            .sorted(byAge.reversed())
            .limit(TRIPPED_MAX)
            .map(each -> line(each.getKey(), each.getValue()));
    store.save(
        new Kept(VERSION, Stream.concat(ofOperators, ofTraffic).collect(Collectors.joining("\n"))));
  }

  private static String line(String backend, Tripped one) {
    return String.join(" ", TRIPPED, one.state().text(), one.openedAt().toString(), backend);
  }
}
