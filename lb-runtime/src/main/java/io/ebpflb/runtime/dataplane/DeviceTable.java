package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the maps {@code devices} and {@code device_slots} like the interfaces of the namespace. A
 * slot's generation only grows, whoever owns the slot: a next hop cached for a former owner never
 * passes for one of the new.
 */
final class DeviceTable {
  /** {@code struct lb_device}. */
  static final int BYTES = 32;

  static final int IFINDEX = 0;
  static final int GENERATION = 4;
  static final int MTU = 8;
  static final int FLAGS = 12;
  static final int MAC = 16;

  /** {@code LB_DEVICE_TRANSMITS}. */
  static final int TRANSMITS = 1;

  private static final Logger LOG = LoggerFactory.getLogger(DeviceTable.class);

  private final BpfMap devices;
  private final BpfMap slots;
  private final Predicate<NetworkLink> transmits;
  private final Map<Integer, Device> byIfindex = new HashMap<>();
  private final Deque<Integer> freeSlots = new ArrayDeque<>();
  private final int[] generations;
  private boolean fullReported;

  /**
   * @param transmits whether the data path may send by an interface
   */
  DeviceTable(BpfMap devices, BpfMap slots, Predicate<NetworkLink> transmits) {
    this.devices = devices;
    this.slots = slots;
    this.transmits = transmits;
    this.generations = new int[devices.maxEntries()];
    // Slot 0 stays empty: a next hop without a slot is none.
    for (int slot = 1; slot < generations.length; slot++) {
      freeSlots.add(slot);
    }
  }

  private record Device(int slot, NetworkLink link) {}

  /** Adds what came, removes what went, rewrites what changed. */
  void update(Collection<NetworkLink> links) {
    Set<Integer> gone = new HashSet<>(byIfindex.keySet());
    for (NetworkLink link : links) {
      gone.remove(link.ifindex());
    }
    gone.forEach(this::remove);
    for (NetworkLink link : links) {
      Device device = byIfindex.get(link.ifindex());
      if (device == null) {
        add(link);
      } else if (!device.link().equals(link)) {
        put(new Device(device.slot(), link));
      }
    }
  }

  /** Makes the data path ask anew for every next hop on this interface. */
  void bump(int ifindex) {
    Device device = byIfindex.get(ifindex);
    if (device != null) {
      put(device);
    }
  }

  /** Makes the data path ask anew for every next hop. */
  void bumpAll() {
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
    put(new Device(slot, link));
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
    value.putInt(MTU, link.mtu());
    value.putInt(FLAGS, transmits.test(link) ? TRANSMITS : 0);
    value.putInt(MAC, (int) link.mac());
    value.putShort(MAC + Integer.BYTES, (short) (link.mac() >>> Integer.SIZE));
    devices.update(device.slot(), value);
  }

  /** Nothing but the next generation. */
  private ByteBuffer value(int slot) {
    return ByteBuffer.allocate(BYTES)
        .order(ByteOrder.nativeOrder())
        .putInt(GENERATION, ++generations[slot]);
  }

  private static ByteBuffer key(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(0, value);
  }
}
