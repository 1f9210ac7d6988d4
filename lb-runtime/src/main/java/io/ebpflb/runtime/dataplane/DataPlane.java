package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.config.TableSize;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What forwards packets. {@link #apply} is called by the reconciler's thread alone; the reading
 * methods by any thread.
 */
public interface DataPlane extends AutoCloseable {

  /**
   * Makes this plan the one in force. New flows see each group's old or new table, never half.
   * Established flows stay with their backends.
   *
   * @throws DataPlaneException if the plan does not fit (names what, and which limit) or the kernel
   *     refuses; then what was in force before still is
   */
  void apply(Plan plan);

  /**
   * Waits until packets of all kinds are looked after: connections are forwarded before the
   * programs for what is rare (ICMP, fragments, VLAN tags) are in place. By any thread.
   *
   * @throws DataPlaneException if the kernel refuses one of those
   */
  void awaitLoaded();

  /** Counters of each backend since it was first planned, summed over CPUs. */
  Map<BackendKey, BackendCounters> backendCounters();

  /** Of these backends alone, as far as there are any: with thousands of others the quicker way. */
  default Map<BackendKey, BackendCounters> backendCounters(Collection<BackendKey> backends) {
    Map<BackendKey, BackendCounters> counters = new HashMap<>(backendCounters());
    counters.keySet().retainAll(Set.copyOf(backends));
    return counters;
  }

  /** Packets dropped, by reason; reasons that never happened included. */
  Map<String, Long> drops();

  /** Packets handed to the network stack, by reason. */
  Map<String, Long> handedToStack();

  /** What happened in the flow table: opened, evicted, promotion_refused and so on. */
  Map<String, Long> flowTableEvents();

  /**
   * The flows of backends that the plan in force names. Reads the whole flow table.
   *
   * @param limit how many are listed at most; all that match are counted
   */
  FlowList flows(FlowQuery query, int limit);

  /**
   * Ends flows of backends that the plan in force names. Of TCP either end gets an RST when it
   * sends its next packet, for as long as an idle flow would have been kept; a SYN opens a flow
   * anew at once. UDP flows are forgotten: the next datagram goes to a backend of the table's
   * choice.
   *
   * @return how many there were
   */
  long removeFlows(FlowQuery query);

  /** Fill and capacity of each bounded table. */
  List<MapUsage> mapUsage();

  /** How large the tables in force are. */
  TableSize tableSize();

  /** How it forwards, for the operator: {@code "xdp (native) on eth0, eth1"}. */
  String description();

  /** Detaches and removes everything. Idempotent. */
  @Override
  void close();

  /** A backend as the plan names it. */
  record BackendKey(String service, Plan.Endpoint endpoint) {

    // Written out: what a record generates is slow until compiled, and a start asks thousands.
    @Override
    public boolean equals(Object other) {
      return this == other
          || other instanceof BackendKey that
              && endpoint.equals(that.endpoint)
              && service.equals(that.service);
    }

    @Override
    public int hashCode() {
      return service.hashCode() * 31 + endpoint.hashCode();
    }
  }

  /**
   * @param opened flows opened towards it; {@code active} of them are still tracked
   * @param refused SYNs answered by RST
   * @param unanswered SYNs that got no answer before the half-open timeout
   * @param answered flows opened by their first packet that got a first answer
   */
  record BackendCounters(
      long packetsIn,
      long packetsOut,
      long bytesIn,
      long bytesOut,
      long opened,
      long active,
      long refused,
      long unanswered,
      long answered) {
    public static final BackendCounters ZERO = new BackendCounters(0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  record MapUsage(String map, long entries, long capacity) {}
}
