package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the maps {@code devices}, {@code device_slots} and {@code vlans} like the interfaces of the
 * namespace. A slot's generation only grows, whoever owns the slot: a next hop cached for a former
 * owner never passes for one of the new. Thread safe.
 */
final class DeviceTable {
  /** {@code struct lb_device}. */
  static final int BYTES = 32;

  static final int IFINDEX = 0;
  static final int GENERATION = 4;
  static final int FLAGS = 8;
  static final int MAC = 12;
  static final int VLAN = 18;
  static final int PARENT = 20;
  static final int VLAN_PROTO = 24;

  /** {@code struct lb_vlan_key}. */
  static final int TAG_BYTES = 8;

  static final int TAG_PARENT = 0;
  static final int TAG_PROTO = 4;
  static final int TAG_VLAN = 6;

  /** {@code LB_DEVICE_TRANSMITS}. */
  static final int TRANSMITS = 1;

  /** {@code LB_DEVICE_MULTIPATH}. */
  static final int MULTIPATH = 2;

  /** {@code LB_DEVICE_REDIRECTS}. */
  static final int REDIRECTS = 4;

  /** {@code LB_DEVICE_PEER}. */
  static final int PEER = 8;

  /** {@code LB_DEVICE_BY_PORT}. */
  static final int BY_PORT = 16;

  private static final Logger LOG = LoggerFactory.getLogger(DeviceTable.class);

  private final BpfMap devices;
  private final BpfMap slots;
  private final BpfMap vlans;
  private final Programs programs;
  private final Map<Integer, Device> byIfindex = new HashMap<>();
  private final Map<VlanTag, Integer> byTag = new HashMap<>();
  private final Deque<Integer> freeSlots = new ArrayDeque<>();
  private final int[] generations;

  /** Empty: not known yet. */
  private Optional<Set<Integer>> multipath = Optional.empty();

  private boolean sharesOutByPort;
  private Set<Integer> veths = Set.of();
  private boolean fullReported;

  /** What the attached programs can do with an interface. */
  interface Programs {
    /** Whether they may send by it. */
    boolean sendBy(NetworkLink link);

    /** Whether they may put packets at its other end, past whatever is on its egress. */
    boolean skipEgress(NetworkLink link);

    /** The tag of a sub-interface if the kernel will not add it for them. */
    Optional<VlanTag> tagToAdd(NetworkLink link);

    /** The tag of a sub-interface whose frames they take before the kernel removed it. */
    Optional<VlanTag> tagToRemove(NetworkLink link);
  }

  DeviceTable(BpfMap devices, BpfMap slots, BpfMap vlans, Programs programs) {
    this.devices = devices;
    this.slots = slots;
    this.vlans = vlans;
    this.programs = programs;
    this.generations = new int[devices.maxEntries()];
    // Slot 0 stays empty: a next hop without a slot is none.
    for (int slot = 1; slot < generations.length; slot++) {
      freeSlots.add(slot);
    }
  }

  private record Device(int slot, NetworkLink link, int flags, Optional<VlanTag> tag) {}

  /** Adds what came, removes what went, rewrites what changed. */
  synchronized void update(Collection<NetworkLink> links) {
    Set<Integer> gone = new HashSet<>(byIfindex.keySet());
    for (NetworkLink link : links) {
      gone.remove(link.ifindex());
    }
    gone.forEach(this::remove);
    sharesOutByPort = MultipathPolicy.sharesOutByPort();
    veths =
        links.stream()
            .filter(NetworkLink::isVeth)
            .map(NetworkLink::ifindex)
            .collect(Collectors.toSet());
    for (NetworkLink link : links) {
      Device known = byIfindex.get(link.ifindex());
      if (known == null) {
        add(link);
        continue;
      }
      refresh(known, link);
    }
    updateTags(links);
  }

  /**
   * These interfaces are on one of several ways to a backend; empty: any may be, until that is
   * known.
   */
  synchronized void multipath(Optional<Set<Integer>> ifindexes) {
    multipath = ifindexes;
    List.copyOf(byIfindex.values()).forEach(known -> refresh(known, known.link()));
  }

  private void refresh(Device known, NetworkLink link) {
    Device now = device(known.slot(), link);
    if (!now.equals(known)) {
      put(now);
    }
  }

  private void updateTags(Collection<NetworkLink> links) {
    Map<VlanTag, Integer> wanted = new HashMap<>();
    for (NetworkLink link : links) {
      programs.tagToRemove(link).ifPresent(tag -> wanted.put(tag, link.ifindex()));
    }
    for (VlanTag tag : Set.copyOf(byTag.keySet())) {
      if (!wanted.containsKey(tag)) {
        vlans.delete(key(tag));
        byTag.remove(tag);
      }
    }
    wanted.forEach(
        (tag, ifindex) -> {
          if (!ifindex.equals(byTag.put(tag, ifindex))) {
            vlans.update(key(tag), key(ifindex));
          }
        });
  }

  /** Makes the data path ask anew for every next hop on this interface. */
  synchronized void bump(int ifindex) {
    Device device = byIfindex.get(ifindex);
    if (device != null) {
      put(device);
    }
  }

  /** Makes the data path ask anew for every next hop. */
  synchronized void bumpAll() {
    byIfindex.values().forEach(this::write);
  }

  private void add(NetworkLink link) {
    Integer slot = freeSlots.poll();
    if (slot == null) {
      if (!fullReported) {
        fullReported = true;
        LOG.warn(
            "more than {} interfaces: packets that leave by {} and further ones go through the"
                + " network stack",
            generations.length - 1,
            link.name());
      }
      return;
    }
    put(device(slot, link));
    slots.update(key(link.ifindex()), key(slot));
  }

  private void remove(int ifindex) {
    Device device = byIfindex.remove(ifindex);
    slots.delete(key(ifindex));
    devices.update(device.slot(), value(device.slot()));
    freeSlots.add(device.slot());
  }

  private void put(Device device) {
    byIfindex.put(device.link().ifindex(), device);
    write(device);
  }

  private void write(Device device) {
    NetworkLink link = device.link();
    ByteBuffer value = value(device.slot());
    value.putInt(IFINDEX, link.ifindex());
    value.putInt(FLAGS, device.flags());
    value.putInt(MAC, (int) link.mac());
    value.putShort(MAC + Integer.BYTES, (short) (link.mac() >>> Integer.SIZE));
    device
        .tag()
        .ifPresent(
            tag -> {
              value.putShort(VLAN, (short) tag.id());
              value.putInt(PARENT, tag.parent());
              putBigEndian(value, VLAN_PROTO, tag.protocol());
            });
    devices.update(device.slot(), value);
  }

  private Device device(int slot, NetworkLink link) {
    boolean transmits =
        link.isEthernet() && !link.isLoopback() && link.isRunning() && programs.sendBy(link);
    boolean isOneOfSeveral = multipath.map(known -> known.contains(link.ifindex())).orElse(true);
    int sendingIfindex = link.vlan().map(VlanTag::parent).orElse(link.ifindex());
    int flags =
        (transmits ? TRANSMITS : 0)
            | (isOneOfSeveral ? MULTIPATH : 0)
            | (sharesOutByPort ? BY_PORT : 0)
            | (veths.contains(sendingIfindex) ? REDIRECTS : 0)
            | (transmits && programs.skipEgress(link) ? PEER : 0);
    return new Device(slot, link, flags, programs.tagToAdd(link));
  }

  /** Nothing but the next generation. */
  private ByteBuffer value(int slot) {
    return ByteBuffer.allocate(BYTES)
        .order(ByteOrder.nativeOrder())
        .putInt(GENERATION, ++generations[slot]);
  }

  /** {@code struct lb_vlan_key}. */
  private static ByteBuffer key(VlanTag tag) {
    ByteBuffer key =
        ByteBuffer.allocate(TAG_BYTES)
            .order(ByteOrder.nativeOrder())
            .putInt(TAG_PARENT, tag.parent());
    putBigEndian(key, TAG_PROTO, tag.protocol());
    return key.putShort(TAG_VLAN, (short) tag.id());
  }

  private static void putBigEndian(ByteBuffer to, int at, int value) {
    to.put(at, (byte) (value >>> Byte.SIZE)).put(at + 1, (byte) value);
  }

  private static ByteBuffer key(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(0, value);
  }
}
