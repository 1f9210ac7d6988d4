package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.config.Configuration.Hook;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The device table in real maps, with interfaces that need not exist. */
class DeviceTableIT extends DatapathFixture {
  private static final int PROVIDER_TAG = 0x88a8;
  private static final NetworkLink PARENT = link(11, 1500, Optional.empty());

  private boolean parentHasProgram = true;
  private boolean configured = true;

  private final DeviceTable.Programs programs =
      new DeviceTable.Programs() {
        @Override
        public boolean sendBy(NetworkLink link) {
          return parentHasProgram;
        }

        @Override
        public boolean skipEgress(NetworkLink link) {
          return link.isVeth();
        }

        @Override
        public Optional<VlanTag> tagToAdd(NetworkLink link) {
          return link.vlan().filter(tag -> parentHasProgram);
        }

        @Override
        public Optional<VlanTag> tagToRemove(NetworkLink link) {
          return configured ? tagToAdd(link) : Optional.empty();
        }
      };

  private static NetworkLink link(int ifindex, int mtu, Optional<VlanTag> vlan) {
    return new NetworkLink(
        ifindex, "link" + ifindex, 1, 0x43, mtu, 0x0600_0000_0002L, "", "noqueue", vlan, false);
  }

  private static NetworkLink sub(int id) {
    return link(12, 1400, Optional.of(new VlanTag(PARENT.ifindex(), PROVIDER_TAG, id)));
  }

  /** Index of the sub-interface whose frames come by the parent with this tag; 0: nobody's. */
  private static int bySub(Datapath datapath, int id) {
    ByteBuffer key =
        ByteBuffer.allocate(DeviceTable.TAG_BYTES)
            .order(ByteOrder.nativeOrder())
            .putInt(DeviceTable.TAG_PARENT, PARENT.ifindex())
            .put(DeviceTable.TAG_PROTO, (byte) 0x88)
            .put(DeviceTable.TAG_PROTO + 1, (byte) 0xa8)
            .putShort(DeviceTable.TAG_VLAN, (short) id);
    ByteBuffer value = intBuffer(0);
    return datapath.map("vlans").lookup(key, value) ? value.getInt(0) : 0;
  }

  @Test
  void marksInterfacesThatSeveralWaysLeadBy() throws Exception {
    Datapath datapath =
        namespace.enter(() -> Datapath.open(settings(Hook.XDP, "eth0"), NetworkLink::list));
    DeviceTable table =
        new DeviceTable(
            datapath.map("devices"), datapath.map("device_slots"), datapath.map("vlans"), programs);
    table.update(List.of(PARENT));
    assertThat(device(datapath, PARENT.ifindex()).getInt(DeviceTable.FLAGS))
        .as("not known yet")
        .isEqualTo(DeviceTable.TRANSMITS | DeviceTable.MULTIPATH);
    table.multipath(Optional.of(Set.of()));
    ByteBuffer before = device(datapath, PARENT.ifindex());
    assertThat(before.getInt(DeviceTable.FLAGS)).isEqualTo(DeviceTable.TRANSMITS);
    table.multipath(Optional.of(Set.of(PARENT.ifindex())));
    ByteBuffer marked = device(datapath, PARENT.ifindex());
    assertThat(marked.getInt(DeviceTable.FLAGS))
        .isEqualTo(DeviceTable.TRANSMITS | DeviceTable.MULTIPATH);
    assertThat(marked.getInt(DeviceTable.GENERATION))
        .as("what was cached is asked for anew")
        .isGreaterThan(before.getInt(DeviceTable.GENERATION));
    table.multipath(Optional.of(Set.of()));
    for (String family : List.of("ipv4", "ipv6")) {
      assertThat(flagsWithPolicy(table, datapath, family, 1))
          .isEqualTo(DeviceTable.TRANSMITS | DeviceTable.BY_PORT);
      assertThat(flagsWithPolicy(table, datapath, family, 0)).isEqualTo(DeviceTable.TRANSMITS);
    }
    close(datapath);
  }

  private int flagsWithPolicy(DeviceTable table, Datapath datapath, String family, int policy)
      throws Exception {
    Path setting = Path.of("/proc/sys/net", family, "fib_multipath_hash_policy");
    namespace.enter(
        () -> {
          Files.writeString(setting, Integer.toString(policy));
          table.update(List.of(PARENT));
          return null;
        });
    return device(datapath, PARENT.ifindex()).getInt(DeviceTable.FLAGS);
  }

  @Test
  void describesASubInterface() throws Exception {
    Datapath datapath =
        namespace.enter(() -> Datapath.open(settings(Hook.XDP, "eth0"), NetworkLink::list));
    DeviceTable table =
        new DeviceTable(
            datapath.map("devices"), datapath.map("device_slots"), datapath.map("vlans"), programs);
    table.multipath(Optional.of(Set.of()));
    table.update(List.of(PARENT, sub(100)));
    ByteBuffer device = device(datapath, 12);
    assertThat(device.getInt(DeviceTable.IFINDEX)).isEqualTo(12);
    assertThat(device.getInt(DeviceTable.FLAGS)).isEqualTo(DeviceTable.TRANSMITS);
    assertThat(device.getShort(DeviceTable.VLAN)).isEqualTo((short) 100);
    assertThat(device.getInt(DeviceTable.PARENT)).isEqualTo(PARENT.ifindex());
    assertThat(device.get(DeviceTable.VLAN_PROTO)).isEqualTo((byte) 0x88);
    assertThat(device.get(DeviceTable.VLAN_PROTO + 1)).isEqualTo((byte) 0xa8);
    assertThat(device(datapath, 11).getShort(DeviceTable.VLAN)).isZero();
    assertThat(bySub(datapath, 100)).isEqualTo(12);

    int generation = device.getInt(DeviceTable.GENERATION);
    table.update(List.of(PARENT, sub(101)));
    assertThat(bySub(datapath, 100)).isZero();
    assertThat(bySub(datapath, 101)).isEqualTo(12);
    assertThat(device(datapath, 12).getInt(DeviceTable.GENERATION)).isGreaterThan(generation);

    parentHasProgram = false;
    table.update(List.of(PARENT, sub(101)));
    assertThat(bySub(datapath, 101)).isZero();
    assertThat(device(datapath, 12).getInt(DeviceTable.FLAGS)).isZero();
    assertThat(device(datapath, 12).getShort(DeviceTable.VLAN)).isZero();

    parentHasProgram = true;
    configured = false;
    table.update(List.of(PARENT, sub(101)));
    assertThat(bySub(datapath, 101)).as("not in the config").isZero();
    assertThat(device(datapath, 12).getShort(DeviceTable.VLAN)).isEqualTo((short) 101);

    configured = true;
    table.update(List.of(PARENT, sub(101)));
    assertThat(bySub(datapath, 101)).isEqualTo(12);
    table.update(List.of(PARENT));
    assertThat(bySub(datapath, 101)).isZero();
    close(datapath);
  }
}
