package io.ebpflb.runtime.dataplane;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Hands out the numbers of a range. One given back is not handed out before a grace period, and
 * then as late as possible.
 */
final class NumberPool {
  private final int end;
  private final ArrayDeque<Integer> returned = new ArrayDeque<>();
  private final List<Integer> retired = new ArrayList<>();
  private int next;

  NumberPool(int first, int end) {
    this.next = first;
    this.end = end;
  }

  OptionalInt take() {
    if (next < end) {
      return OptionalInt.of(next++);
    }
    Integer number = returned.poll();
    return number == null ? OptionalInt.empty() : OptionalInt.of(number);
  }

  /** Gives back a number that packets may know until the next grace period is over. */
  void retire(int number) {
    retired.add(number);
  }

  /** To be called when a grace period is over that began after the last {@link #retire}. */
  void freeRetired() {
    returned.addAll(retired);
    retired.clear();
  }

  boolean hasRetired() {
    return !retired.isEmpty();
  }

  /** Gives back a number that nothing knows any more. */
  void free(int number) {
    returned.add(number);
  }
}
