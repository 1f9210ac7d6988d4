package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * The packet table's data plane in a namespace of its own, one of two that meet the same packets:
 * the one amid zeroes, the other amid bytes of all ones, before, behind, and in the programs'
 * scratch memory. Whatever the two do differently, they do by what is not the packet.
 */
final class Twin implements AutoCloseable {
  /** {@code LB_DIRT_BYTES} of {@code bpf/test/dirt.bpf.c}. */
  private static final int DIRT_BYTES = 64;

  private static final long FLOW_SEED = 42;

  private final Scene.Hook hook;
  private final byte surroundings;
  private final PacketLab lab;
  private final BpfDataPlane dataPlane;
  private final BpfObject dirt;
  private final PacketRunner runner = new PacketRunner();
  private final Memory zero = new Memory(Integer.BYTES);
  private final Memory scratch;

  /** Whose fragments the programs may remember. */
  private final Set<ByteBuffer> datagrams = new HashSet<>();

  Twin(Scene.Hook hook, byte surroundings) throws Exception {
    this.hook = hook;
    this.surroundings = surroundings;
    lab = PacketLab.create(hook.name().toLowerCase(Locale.ROOT) + surroundings);
    dataPlane = lab.within(() -> PacketTableDataPlane.open(hook));
    try (MappedMemory settings = dataPlane.map(".data.settings").mapped()) {
      settings.putLong(SettingsLayout.FLOW_SEED, FLOW_SEED);
    }
    zero.clear();
    int scratchBytes = (dataPlane.map("scratch").valueSize() + 7) / 8 * 8 * Cpus.possible();
    scratch = new Memory(scratchBytes);
    scratch.setMemory(0, scratchBytes, surroundings);
    dirt = BpfObject.open("dirt.bpf.o").load();
    callFromDirt("xdp_under_test", 0, hook == Scene.Hook.XDP ? hook.program : null);
    callFromDirt("tc_under_test", 0, hook == Scene.Hook.TC ? hook.program : null);
    callFromDirt("tc_under_test", 1, "lb_tc_egress");
  }

  private void callFromDirt(String map, int index, String program) {
    if (program != null) {
      ByteBuffer fd = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
      dirt.map(map).update(index, fd.putInt(0, dataPlane.program(program).fd()));
    }
  }

  /** Forgets all flows, then meets these packets one after the other. */
  List<MutantResult> meet(List<Mutant> mutants) throws Exception {
    try (MappedMemory flows = dataPlane.map("flows").mapped()) {
      flows.buffer().put(new byte[(int) flows.size()]);
    }
    forgetFragments();
    return lab.within(
        () -> {
          List<MutantResult> results = new ArrayList<>(mutants.size());
          long[] before = dataPlane.map("counts").sumPerCpu(0);
          for (Mutant mutant : mutants) {
            int verdict = run(mutant);
            long[] after = dataPlane.map("counts").sumPerCpu(0);
            long[] counted = new long[after.length];
            Arrays.setAll(counted, word -> after[word]);
            for (int word = 0; word < counted.length; word++) {
              counted[word] -= before[word];
            }
            results.add(new MutantResult(verdict, left(mutant), counted));
            datagrams.add(new FrameView(FrameTags.readThrough(mutant).frame()).datagram());
            before = after;
          }
          return results;
        });
  }

  private void forgetFragments() {
    datagrams.stream().filter(Objects::nonNull).forEach(dataPlane.map("fragments")::delete);
    datagrams.clear();
  }

  /** Packets that the backends' counters know. */
  long packetsCarried() {
    long packets = 0;
    for (DataPlane.BackendCounters counters : dataPlane.backendCounters().values()) {
      packets += counters.packetsIn() + counters.packetsOut();
    }
    return packets;
  }

  private int run(Mutant mutant) {
    boolean xdp = hook == Scene.Hook.XDP && !mutant.egress();
    int head = xdp ? DIRT_BYTES : 0;
    int own = mutant.frame().length;
    int length = head + own + DIRT_BYTES;
    byte[] whole = new byte[length];
    Arrays.fill(whole, surroundings);
    // Padding is nobody's either.
    System.arraycopy(mutant.frame(), 0, whole, head, own - mutant.padding());
    fillScratch();
    String program = xdp ? "dirt_xdp" : mutant.egress() ? "dirt_tc_egress" : "dirt_tc_ingress";
    int ifindex = mutant.ifindex();
    return runner.run(
        dirt.program(program),
        whole,
        xdp ? TestContext.xdp(length, ifindex) : TestContext.tc(ifindex));
  }

  private void fillScratch() {
    BpfMap map = dataPlane.map("scratch");
    int result =
        LibBpf.bpf_map_update_elem(
            map.fd(), Pointer.nativeValue(zero), Pointer.nativeValue(scratch), 0);
    if (result < 0) {
      throw new AssertionError("fill scratch: " + Errno.name(result));
    }
  }

  /** The packet as it was left, its padding as it was made. */
  private byte[] left(Mutant mutant) {
    byte[] left = runner.left();
    int padding = Math.min(mutant.padding(), left.length);
    byte[] frame = mutant.frame();
    System.arraycopy(frame, frame.length - padding, left, left.length - padding, padding);
    return left;
  }

  @Override
  public void close() throws IOException {
    dirt.close();
    dataPlane.close();
    lab.close();
    runner.close();
    zero.close();
    scratch.close();
  }
}
