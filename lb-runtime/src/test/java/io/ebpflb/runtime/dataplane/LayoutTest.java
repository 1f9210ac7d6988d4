package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Java's picture of {@code layout.h} against what the compiler made of it. */
class LayoutTest {
  private static BpfObject object;
  private static Btf btf;

  @BeforeAll
  static void open() {
    object = BpfObject.open("lb.bpf.o");
    btf = object.btf();
  }

  @AfterAll
  static void close() {
    object.close();
  }

  private static void check(String struct, int bytes, Map<String, Integer> offsets) {
    Btf.Structure structure = btf.structure(struct);
    assertThat(structure.size()).as("size of %s", struct).isEqualTo(bytes);
    assertThat(structure.offsets()).as("members of %s", struct).containsAllEntriesOf(offsets);
  }

  @Test
  void services() {
    check(
        "lb_service_key",
        ServiceKeyLayout.BYTES,
        Map.of(
            "addr",
            ServiceKeyLayout.ADDR,
            "port",
            ServiceKeyLayout.PORT,
            "ip_proto",
            ServiceKeyLayout.IP_PROTO,
            "family",
            ServiceKeyLayout.FAMILY));
    check(
        "lb_service",
        ServiceLayout.BYTES,
        Map.of(
            "group",
            ServiceLayout.GROUP,
            "service",
            ServiceLayout.SERVICE,
            "selection",
            ServiceLayout.SELECTION,
            "flags",
            ServiceLayout.FLAGS));
    Map<String, Integer> selections = btf.enumeration("lb_selection");
    for (Plan.Selection selection : Plan.Selection.values()) {
      assertThat(selections)
          .containsEntry("LB_SELECT_" + selection.name(), ServiceLayout.selectionCode(selection));
    }
  }

  @Test
  void routesAndGroups() {
    check(
        "lb_route_key",
        RouteKeyLayout.BYTES,
        Map.of(
            "prefix_bits",
            RouteKeyLayout.PREFIX_BITS,
            "service",
            RouteKeyLayout.SERVICE,
            "family",
            RouteKeyLayout.FAMILY,
            "pad",
            RouteKeyLayout.PAD,
            "addr",
            RouteKeyLayout.ADDR));
    check("lb_route", RouteKeyLayout.VALUE_BYTES, Map.of("group", 0));
    check("lb_group", GroupLayout.BYTES, Map.of("region", 0));
    check("lb_arena_page", ArenaLayout.PAGE_SLOTS * ArenaLayout.SLOT_BYTES, Map.of("backend", 0));
  }

  @Test
  void backends() {
    check(
        "lb_backend",
        BackendLayout.BYTES,
        Map.of(
            "addr",
            BackendLayout.ADDR,
            "port",
            BackendLayout.PORT,
            "family",
            BackendLayout.FAMILY,
            "ip_proto",
            BackendLayout.IP_PROTO,
            "idle_timeout",
            BackendLayout.IDLE_TIMEOUT,
            "nexthop",
            BackendLayout.NEXTHOP,
            "nexthop_generation",
            BackendLayout.NEXTHOP_GENERATION,
            "nexthop_mtu",
            BackendLayout.NEXTHOP_MTU));
    check(
        "lb_backend_counters",
        BackendCountersLayout.BYTES,
        Map.of(
            "packets_in",
            BackendCountersLayout.PACKETS_IN,
            "packets_out",
            BackendCountersLayout.PACKETS_OUT,
            "bytes_in",
            BackendCountersLayout.BYTES_IN,
            "bytes_out",
            BackendCountersLayout.BYTES_OUT,
            "opened",
            BackendCountersLayout.OPENED,
            "closed",
            BackendCountersLayout.CLOSED,
            "refused",
            BackendCountersLayout.REFUSED,
            "unanswered",
            BackendCountersLayout.UNANSWERED,
            "answered",
            BackendCountersLayout.ANSWERED));
  }

  @Test
  void devices() {
    check(
        "lb_device",
        DeviceTable.BYTES,
        Map.of(
            "ifindex",
            DeviceTable.IFINDEX,
            "generation",
            DeviceTable.GENERATION,
            "flags",
            DeviceTable.FLAGS,
            "mac",
            DeviceTable.MAC,
            "vlan",
            DeviceTable.VLAN,
            "parent",
            DeviceTable.PARENT,
            "vlan_proto",
            DeviceTable.VLAN_PROTO));
    check(
        "lb_vlan_key",
        DeviceTable.TAG_BYTES,
        Map.of(
            "parent",
            DeviceTable.TAG_PARENT,
            "proto",
            DeviceTable.TAG_PROTO,
            "vlan",
            DeviceTable.TAG_VLAN));
  }

  @Test
  void flowTable() {
    int setBytes = FlowTableSize.SET_LINES * btf.structure("lb_flow4").size();
    assertThat(btf.structure("lb_flow_block").size())
        .isEqualTo(FlowTableSize.BLOCK_SETS * setBytes);
  }

  @Test
  void settingsAndFilter() {
    check(
        "lb_settings",
        SettingsLayout.BYTES,
        Map.of(
            "flow_seed",
            SettingsLayout.FLOW_SEED,
            "flow_set_mask",
            SettingsLayout.FLOW_SET_MASK,
            "second",
            SettingsLayout.SECOND,
            "established_timeout",
            SettingsLayout.ESTABLISHED_TIMEOUT,
            "half_open_timeout",
            SettingsLayout.HALF_OPEN_TIMEOUT,
            "closing_timeout",
            SettingsLayout.CLOSING_TIMEOUT,
            "udp_timeout",
            SettingsLayout.UDP_TIMEOUT,
            "events",
            SettingsLayout.EVENTS,
            "sweep_sets",
            SettingsLayout.SWEEP_SETS,
            "services_generation",
            SettingsLayout.SERVICES_GENERATION));
    check(
        "lb_filter",
        FilterLayout.BYTES,
        Map.of("service", FilterLayout.SERVICE, "backend", FilterLayout.BACKEND));
    check("lb_clock", 16, Map.of("jiffies", 0, "ktime_ns", 8));
  }

  @Test
  void counts() {
    check(
        "lb_counts",
        CountsLayout.BYTES,
        Map.of(
            "drop",
            CountsLayout.DROP,
            "handover",
            CountsLayout.HANDOVER,
            "table",
            CountsLayout.TABLE));
    checkNames("lb_drop", "LB_DROP_", DropReason.values());
    checkNames("lb_handover", "LB_HANDOVER_", HandoverReason.values());
    checkNames("lb_table_event", "LB_TABLE_", TableEvent.values());
  }

  @Test
  void events() {
    check(
        "lb_event",
        FlowEvent.BYTES,
        Map.of(
            "time_ns",
            FlowEvent.TIME,
            "type",
            FlowEvent.TYPE,
            "family",
            FlowEvent.FAMILY,
            "ip_proto",
            FlowEvent.IP_PROTO,
            "backend",
            FlowEvent.BACKEND,
            "client",
            FlowEvent.CLIENT,
            "service",
            FlowEvent.SERVICE,
            "client_port",
            FlowEvent.CLIENT_PORT,
            "service_port",
            FlowEvent.SERVICE_PORT));
    Map<String, Integer> expected = new LinkedHashMap<>();
    for (FlowEvent.Type type : FlowEvent.Type.values()) {
      expected.put("LB_EVENT_" + type.name(), type.code());
    }
    assertThat(btf.enumeration("lb_event_type")).isEqualTo(expected);
  }

  @Test
  void parts() {
    Map<String, Integer> expected = new LinkedHashMap<>();
    for (ProgramPart part : ProgramPart.values()) {
      expected.put("LB_PART_" + part.name(), part.ordinal());
    }
    expected.put("LB_PART_COUNT", expected.size());
    assertThat(btf.enumeration("lb_part")).isEqualTo(expected);
  }

  @Test
  void flows() {
    check(
        "lb_flow4",
        FlowLayout.LINE_BYTES,
        Map.of(
            "word",
            FlowLayout.WORD,
            "client",
            FlowLayout.CLIENT,
            "service",
            FlowLayout.SERVICE4,
            "ports",
            FlowLayout.PORTS4));
    check(
        "lb_flow6",
        2 * FlowLayout.LINE_BYTES,
        Map.of(
            "word",
            FlowLayout.WORD,
            "client",
            FlowLayout.CLIENT,
            "service",
            FlowLayout.SERVICE6,
            "ports",
            FlowLayout.PORTS6));
    check(
        "lb_flow_ports",
        6,
        Map.of("client", FlowLayout.CLIENT_PORT, "service", FlowLayout.SERVICE_PORT));
    int lastSeenInTail = btf.structure("lb_flow_tail").offsets().get("last_seen");
    int tail = btf.structure("lb_flow4").offsets().get("tail");
    assertThat(tail + lastSeenInTail).isEqualTo(FlowLayout.LAST_SEEN);
    assertThat(btf.structure("lb_flow6").offsets().get("tail"))
        .isEqualTo(FlowLayout.LINE_BYTES + tail);
    assertThat(btf.enumeration("lb_flow_kind"))
        .containsEntry("LB_FLOW_FREE", FlowLayout.FREE)
        .containsEntry("LB_FLOW_TCP4", FlowLayout.TCP4)
        .containsEntry("LB_FLOW_TCP6", FlowLayout.TCP6)
        .containsEntry("LB_FLOW_TAIL", FlowLayout.TAIL);
  }

  @Test
  void kill() {
    check(
        "lb_kill",
        KillLayout.BYTES,
        Map.of(
            "backends",
            KillLayout.BACKENDS,
            "client",
            KillLayout.CLIENT,
            "client_mask",
            KillLayout.CLIENT_MASK,
            "client_port",
            KillLayout.CLIENT_PORT,
            "family",
            KillLayout.FAMILY,
            "first_set",
            KillLayout.FIRST_SET,
            "sets",
            KillLayout.SETS,
            "removed",
            KillLayout.REMOVED));
  }

  /** Both sides have the same names at the same numbers, and the metric's name is the C one's. */
  private static void checkNames(String enumeration, String prefix, Counted[] names) {
    Map<String, Integer> expected = new LinkedHashMap<>();
    for (Counted name : names) {
      expected.put(prefix + name.title().toUpperCase(Locale.ROOT), name.ordinal());
    }
    Map<String, Integer> actual = new LinkedHashMap<>(btf.enumeration(enumeration));
    int room = actual.remove(prefix + "COUNT");
    assertThat(actual).isEqualTo(expected);
    assertThat(room).isEqualTo(16);
  }
}
