package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.Plan.Endpoint;
import io.ebpflb.runtime.dataplane.Plan.Weighted;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * A group's backends of one family in an order of their own, each once: two groups that mean the
 * same are equal.
 */
final class GroupContent {

  private static final Comparator<Endpoint> ORDER =
      Comparator.comparing((Endpoint e) -> e.address().getAddress(), Arrays::compareUnsigned)
          .thenComparingInt(Endpoint::port);

  private final List<Weighted> backends;

  /** Kept, because thousands of routes may share a group. */
  private final int hash;

  private final boolean takesFlows;

  private GroupContent(List<Weighted> backends) {
    this.backends = backends;
    this.hash = backends.hashCode();
    this.takesFlows = backends.stream().anyMatch(backend -> backend.weight() > 0);
  }

  /** The same endpoint twice is one backend; the weights add. */
  static GroupContent of(List<Weighted> backends) {
    TreeMap<Endpoint, Double> weights = new TreeMap<>(ORDER);
    for (Weighted backend : backends) {
      if (!(backend.weight() >= 0) || Double.isInfinite(backend.weight())) {
        throw new IllegalArgumentException(
            "weight " + backend.weight() + " is not a number from zero on");
      }
      weights.merge(backend.endpoint(), backend.weight(), Double::sum);
    }
    return new GroupContent(
        weights.entrySet().stream().map(e -> new Weighted(e.getKey(), e.getValue())).toList());
  }

  List<Weighted> backends() {
    return backends;
  }

  /** Slots of its table; 0 if no backend may take new flows. */
  int slots(TableSize size) {
    return takesFlows ? size.slots(backends.size()) : 0;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof GroupContent that
            && hash == that.hash
            && backends.equals(that.backends);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
