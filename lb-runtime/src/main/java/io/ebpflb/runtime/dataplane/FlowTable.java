package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** Looks at flows and removes some, beside the packets that go on. Thread-safe. */
final class FlowTable {
  /** Sets that one run of the program looks at: some milliseconds without a pause. */
  private static final int SETS_PER_RUN = 1 << 14;

  private final BpfObject object;
  private final FlowTableSize size;
  private final JiffyClock clock;
  private final JiffyClock.Source time;

  FlowTable(BpfObject object, FlowTableSize size, JiffyClock clock, JiffyClock.Source time) {
    this.object = object;
    this.size = size;
    this.clock = clock;
    this.time = time;
  }

  /** See {@link DataPlane#flows}. */
  FlowList list(FlowQuery query, int limit, Map<BackendKey, Integer> ids) {
    Map<Integer, BackendKey> backends = new HashMap<>();
    ids.forEach((key, id) -> backends.put(id, key));
    try (MappedMemory table = object.map("flows").mapped()) {
      int now = (int) time.read().jiffies();
      return new FlowReader(table, backends, now, clock.perSecond()).read(query, limit);
    }
  }

  /** See {@link DataPlane#removeFlows}. One at a time: the program has one place for its query. */
  synchronized long remove(FlowQuery query, Map<BackendKey, Integer> ids) {
    try (MappedMemory memory = object.map(".data.kill").mapped();
        ProgramRun kill = ProgramRun.ofNoPacket(object.program(Datapath.KILL))) {
      KillLayout.write(memory, query, wanted(query, ids));
      for (int first = 0; first < size.sets(); first += SETS_PER_RUN) {
        memory.putInt(KillLayout.FIRST_SET, first);
        memory.putInt(KillLayout.SETS, Math.min(SETS_PER_RUN, size.sets() - first));
        kill.run(1);
      }
      return Integer.toUnsignedLong(memory.getInt(KillLayout.REMOVED));
    }
  }

  private static IntStream wanted(FlowQuery query, Map<BackendKey, Integer> ids) {
    return ids.entrySet().stream()
        .filter(each -> query.backends().map(them -> them.contains(each.getKey())).orElse(true))
        .mapToInt(Map.Entry::getValue);
  }
}
