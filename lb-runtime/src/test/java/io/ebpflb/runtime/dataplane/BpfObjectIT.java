package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BpfObjectIT {
  private static final Set<String> PROGRAMS = Set.of("lb_tc_ingress", "lb_sweep", "lb_clock");

  private static BpfObject loaded() {
    return BpfObject.open("lb.bpf.o").resize("devices", 77).loadOnly(PROGRAMS).load();
  }

  @Test
  void loadsChosenProgramsAndSizedMaps() {
    try (BpfObject object = loaded()) {
      assertThat(object.map("devices").maxEntries()).isEqualTo(77);
      assertThat(object.program("lb_clock").fd()).isPositive();
      assertThatThrownBy(() -> object.program("lb_xdp")).hasMessageContaining("lb_xdp");
      assertThatThrownBy(() -> object.map("nonsense")).hasMessageContaining("nonsense");
    }
  }

  @Test
  void readsBackWhatItWrote() {
    try (BpfObject object = loaded()) {
      BpfMap slots = object.map("device_slots");
      slots.updateBatch(ints(1, 2, 3), ints(10, 20, 30));
      ByteBuffer found = ints(0);
      assertThat(slots.lookup(ints(2), found)).isTrue();
      assertThat(found.getInt(0)).isEqualTo(20);
      assertThat(slots.delete(ints(2))).isTrue();
      assertThat(slots.delete(ints(2))).isFalse();
      assertThat(slots.lookup(ints(2), found)).isFalse();
      slots.deleteBatch(ints(1, 2, 3));
      assertThat(slots.lookup(ints(3), ints(0))).isFalse();
    }
  }

  @Test
  void sumsOverAllCpus() {
    try (BpfObject object = loaded()) {
      long[] sums = object.map("backend_counters").sumPerCpu(3);
      assertThat(sums).hasSize(BackendCountersLayout.BYTES / Long.BYTES).containsOnly(0);
      assertThatThrownBy(() -> object.map("backend_counters").lookup(ints(0), ints(0)))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void sumsManyInTheirOrder() {
    try (BpfObject object = loaded()) {
      BpfMap counters = object.map("backend_counters");
      List<Integer> read = new ArrayList<>();
      counters.sumPerCpu(0, counters.maxEntries(), (index, sums) -> read.add(index));
      assertThat(read).isEqualTo(IntStream.range(0, counters.maxEntries()).boxed().toList());
      assertThatThrownBy(() -> counters.sumPerCpu(counters.maxEntries() - 1, 2, (i, sums) -> {}))
          .isInstanceOf(DataPlaneException.class)
          .hasMessageContaining("backend_counters: ENOENT");
    }
  }

  @Test
  void sharesMemoryWithThePrograms() {
    try (BpfObject object = loaded();
        MappedMemory variables = object.map(".bss").mapped()) {
      BpfProgram clock = object.program("lb_clock");
      assertThat(clock.run().verdict()).isZero();
      assertThat(variables.buffer().remaining()).isGreaterThanOrEqualTo(16);
    }
  }

  @Test
  void namesAFullMap() {
    try (BpfObject object =
        BpfObject.open("lb.bpf.o").resize("device_slots", 2).loadOnly(PROGRAMS).load()) {
      assertThatThrownBy(() -> object.map("device_slots").updateBatch(ints(1, 2, 3), ints(1, 2, 3)))
          .isInstanceOf(DataPlaneException.class)
          .hasMessageContaining("update map device_slots: E2BIG; it holds 2 entries");
    }
  }

  private static ByteBuffer ints(int... values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.nativeOrder());
    for (int value : values) {
      buffer.putInt(value);
    }
    return buffer.flip();
  }
}
