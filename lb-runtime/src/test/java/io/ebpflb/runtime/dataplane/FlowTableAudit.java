package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * Reads a flow table at rest, line by line as {@code layout.h} says, and holds it to the counts.
 */
final class FlowTableAudit {
  private static final int LINE_BYTES = 64;
  private static final int SET_LINES = FlowTableSize.SET_LINES;
  private static final int BLOCK_SETS = FlowTableSize.BLOCK_SETS;
  private static final int TAIL = 16;
  private static final int USED = 26;
  private static final int IPV6 = 8;
  private static final int KILLED = 4;
  private static final int ASIDE = 0x40;
  private static final int ESTABLISHED = 0x80;
  private static final int FIN_BOTH = 0x0c;

  private long flows;
  private long established;
  private long establishedLines;

  private FlowTableAudit() {}

  static void check(BpfDataPlane dataPlane) {
    FlowTableAudit audit = new FlowTableAudit();
    try (MappedMemory memory = dataPlane.map("flows").mapped()) {
      for (int block = 0; block < memory.size(); block += BLOCK_SETS * SET_LINES * LINE_BYTES) {
        for (int set = 0; set < BLOCK_SETS; set++) {
          audit.set(memory, block + set * 2 * LINE_BYTES);
        }
      }
    }
    Map<String, Long> events = dataPlane.flowTableEvents();
    assertThat(events.get("opened") - events.get("closed")).as("flows").isEqualTo(audit.flows);
    assertThat(events.get("promoted") - events.get("retired"))
        .as("established flows")
        .isEqualTo(audit.established);
    assertThat(events.get("lines_established") - events.get("lines_retired"))
        .as("lines of established flows")
        .isEqualTo(audit.establishedLines);
    long active = 0;
    for (DataPlane.BackendCounters counters : dataPlane.backendCounters().values()) {
      active += counters.active();
    }
    assertThat(active).as("flows of all backends").isEqualTo(audit.flows);
  }

  /**
   * @param set where its first pair of lines is; the others follow behind those of the whole block
   */
  private void set(MappedMemory memory, int set) {
    Set<String> seen = new HashSet<>();
    Set<Integer> pairs = new HashSet<>();
    int used = 0;
    for (int line = 0; line < SET_LINES; line++) {
      int at = set + (line / 2 * 2 * BLOCK_SETS + line % 2) * LINE_BYTES;
      int kind = kind(memory, at);
      used |= kind != 0 ? 1 << (line ^ 1) : 0;
      assertThat(memory.getInt(at) & 1).as("a line left half written").isZero();
      if (kind == TAIL) {
        assertThat(line % 2).as("a second line in the first place").isEqualTo(1);
        assertThat(kind(memory, at - LINE_BYTES) & IPV6).as("a line without its first").isNotZero();
      } else if (kind != 0) {
        flow(memory, at, line, kind, seen, pairs);
      }
    }
    assertThat(memory.buffer().get(set + LINE_BYTES + USED) & 0xff)
        .as("lines in use, by the home line")
        .isEqualTo(used);
    assertThat(pairs.size()).as("pairs that established flows hold").isLessThan(4);
  }

  private void flow(
      MappedMemory memory, int at, int line, int kind, Set<String> seen, Set<Integer> pairs) {
    boolean ipv6 = (kind & IPV6) != 0;
    if (ipv6) {
      assertThat(line % 2).as("an IPv6 flow in the second place").isZero();
      assertThat(kind(memory, at + LINE_BYTES)).as("kind of its second line").isEqualTo(TAIL);
    }
    byte[] addresses = new byte[ipv6 ? 48 : 12];
    memory.buffer().get(at + FlowLayout.CLIENT, addresses);
    byte[] ports = new byte[6];
    memory.buffer().get(at + (ipv6 ? FlowLayout.PORTS6 : FlowLayout.PORTS4), ports);
    HexFormat hex = HexFormat.of();
    // What is left of a killed flow is no twin either, but its place.
    String ends = (kind & ~KILLED) + hex.formatHex(addresses) + hex.formatHex(ports);
    assertThat(seen.add(ends)).as("twins").isTrue();
    int state = memory.getInt(at + 4) & 0xff;
    if ((state & (ESTABLISHED | ASIDE)) == ASIDE) {
      return;
    }
    flows++;
    if ((state & ESTABLISHED) != 0 && (state & FIN_BOTH) != FIN_BOTH) {
      established++;
      establishedLines += ipv6 ? 2 : 1;
      pairs.add(line / 2);
    }
  }

  private static int kind(MappedMemory memory, int at) {
    return memory.getInt(at + 4) >> 8 & 0xff;
  }
}
