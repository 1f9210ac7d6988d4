package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A map in the kernel. Keys and values are the remaining bytes of buffers, in the machine's byte
 * order unless the layout says wire order; positions of arguments stay where they are. Thread safe.
 */
public final class BpfMap {
  private static final int BATCH_MAX = 1024;
  private static final int BATCH_BYTES_MAX = 1 << 20;
  private static final int BATCH_OPTIONS_BYTES = 24;

  private final String name;
  private final int fd;
  private final int keySize;
  private final int valueSize;
  private final int maxEntries;
  private final boolean perCpu;
  private final Memory key;
  private final Memory value;

  /** The same as buffers, made once: each new one is as much work as the call to the kernel. */
  private final ByteBuffer keyBytes;

  private final ByteBuffer valueBytes;
  private boolean closed;

  BpfMap(String name, long handle) {
    this.name = name;
    this.fd = LibBpf.bpf_map__fd(handle);
    this.keySize = LibBpf.bpf_map__key_size(handle);
    this.valueSize = LibBpf.bpf_map__value_size(handle);
    this.maxEntries = LibBpf.bpf_map__max_entries(handle);
    this.perCpu = LibBpf.bpf_map__type(handle) == LibBpf.MAP_TYPE_PERCPU_ARRAY;
    // A ring buffer has neither.
    this.key = new Memory(Math.max(1, keySize));
    this.value = new Memory(Math.max(1, valueSize));
    this.keyBytes = key.getByteBuffer(0, keySize);
    this.valueBytes = value.getByteBuffer(0, valueSize);
  }

  public String name() {
    return name;
  }

  public int fd() {
    return fd;
  }

  public int keySize() {
    return keySize;
  }

  public int valueSize() {
    return valueSize;
  }

  public int maxEntries() {
    return maxEntries;
  }

  /** Inserts or replaces. */
  public synchronized void update(ByteBuffer newKey, ByteBuffer newValue) {
    requireOpen();
    requirePerCpu(false);
    put(keyBytes, newKey);
    put(valueBytes, newValue);
    check(LibBpf.bpf_map_update_elem(fd, address(key), address(value), 0), "update");
  }

  /** Inserts or replaces the element of an array. */
  public void update(int index, ByteBuffer newValue) {
    update(intKey(index), newValue);
  }

  /**
   * @param found filled from its position on and flipped, if the key is there
   * @return whether it is
   */
  public synchronized boolean lookup(ByteBuffer wanted, ByteBuffer found) {
    requireOpen();
    requirePerCpu(false);
    put(keyBytes, wanted);
    int result = LibBpf.bpf_map_lookup_elem(fd, address(key), address(value));
    if (result == -Errno.ENOENT) {
      return false;
    }
    check(result, "look up in");
    found.put(valueBytes.clear()).flip();
    return true;
  }

  /**
   * @return whether it was there
   */
  public synchronized boolean delete(ByteBuffer oldKey) {
    requireOpen();
    put(keyBytes, oldKey);
    int result = LibBpf.bpf_map_delete_elem(fd, address(key));
    if (result == -Errno.ENOENT) {
      return false;
    }
    check(result, "delete from");
    return true;
  }

  /**
   * Inserts or replaces many elements by few calls.
   *
   * @param keys one after the other, without gaps
   * @param values in the same order
   * @throws DataPlaneException if the kernel refuses one; those before it are written
   */
  public synchronized void updateBatch(ByteBuffer keys, ByteBuffer values) {
    requireOpen();
    requirePerCpu(false);
    int count = keys.remaining() / keySize;
    for (int done = 0; done < count; done += BATCH_MAX) {
      int size = Math.min(BATCH_MAX, count - done);
      updateChunk(
          keys.slice(keys.position() + done * keySize, size * keySize),
          values.slice(values.position() + done * valueSize, size * valueSize),
          size);
    }
  }

  private void updateChunk(ByteBuffer keys, ByteBuffer values, int count) {
    int result;
    try (Memory keyMemory = new Memory((long) count * keySize);
        Memory valueMemory = new Memory((long) count * valueSize);
        Memory countAndOptions = batch(count)) {
      put(keyMemory.getByteBuffer(0, keyMemory.size()), keys);
      put(valueMemory.getByteBuffer(0, valueMemory.size()), values);
      result =
          LibBpf.bpf_map_update_batch(
              fd,
              address(keyMemory),
              address(valueMemory),
              address(countAndOptions) + BATCH_OPTIONS_BYTES,
              address(countAndOptions));
    }
    if (isBatchUnknown(result)) {
      for (int i = 0; i < count; i++) {
        update(keys.slice(i * keySize, keySize), values.slice(i * valueSize, valueSize));
      }
      return;
    }
    check(result, "update");
  }

  /** Deletes many; keys that are not there are passed over. */
  public synchronized void deleteBatch(ByteBuffer keys) {
    for (int i = keys.position(); i + keySize <= keys.limit(); i += keySize) {
      delete(keys.slice(i, keySize));
    }
  }

  /** Sums the 64-bit words of one element of a per-CPU array over all CPUs. */
  public long[] sumPerCpu(int index) {
    long[][] sums = new long[1][];
    sumPerCpu(index, 1, (i, words) -> sums[0] = words);
    return sums[0];
  }

  /**
   * The same for elements {@code first} to {@code first + count - 1}, read by few calls.
   *
   * @param reader is given the sums of each element, in their order
   */
  public synchronized void sumPerCpu(int first, int count, SumReader reader) {
    requireOpen();
    requirePerCpu(true);
    int elementBytes = perCpuStride() * Cpus.possible();
    int chunk = Math.min(count, Math.max(1, BATCH_BYTES_MAX / elementBytes));
    try (Memory values = new Memory((long) chunk * elementBytes)) {
      ByteBuffer view = values.getByteBuffer(0, values.size()).order(ByteOrder.nativeOrder());
      for (int done = 0; done < count; done += chunk) {
        int size = Math.min(chunk, count - done);
        readPerCpu(first + done, size, values, elementBytes);
        for (int i = 0; i < size; i++) {
          reader.read(first + done + i, sums(view.slice(i * elementBytes, elementBytes)));
        }
      }
    }
  }

  private void readPerCpu(int first, int count, Memory values, int elementBytes) {
    if (count > 1 && readTogether(first, count, values)) {
      return;
    }
    for (int i = 0; i < count; i++) {
      key.setInt(0, first + i);
      long target = address(values) + (long) i * elementBytes;
      check(LibBpf.bpf_map_lookup_elem(fd, address(key), target), "look up in");
    }
  }

  /**
   * @return false if the kernel does not know how
   */
  private boolean readTogether(int first, int count, Memory values) {
    try (Memory keys = new Memory((long) count * keySize);
        Memory countAndOptions = batch(count)) {
      // The kernel begins after this one; before the first of all is what is no index.
      key.setInt(0, first - 1);
      int result =
          LibBpf.bpf_map_lookup_batch(
              fd,
              address(key),
              address(key),
              address(keys),
              address(values),
              address(countAndOptions) + BATCH_OPTIONS_BYTES,
              address(countAndOptions));
      if (isBatchUnknown(result)) {
        return false;
      }
      check(result, "look up in");
      return true;
    }
  }

  private long[] sums(ByteBuffer ofAllCpus) {
    ByteBuffer values = ofAllCpus.order(ByteOrder.nativeOrder());
    long[] sums = new long[valueSize / Long.BYTES];
    for (int at = 0; at < values.capacity(); at += perCpuStride()) {
      for (int word = 0; word < sums.length; word++) {
        sums[word] += values.getLong(at + word * Long.BYTES);
      }
    }
    return sums;
  }

  /** Zeroes an element of a per-CPU array on all CPUs. */
  public synchronized void clearPerCpu(int index) {
    requireOpen();
    requirePerCpu(true);
    try (Memory zeroes = new Memory((long) perCpuStride() * Cpus.possible())) {
      zeroes.clear();
      key.setInt(0, index);
      check(LibBpf.bpf_map_update_elem(fd, address(key), address(zeroes), 0), "update");
    }
  }

  /** Receives the sums of one element. */
  @FunctionalInterface
  public interface SumReader {
    void read(int index, long[] words);
  }

  /** Maps the whole array into memory; the map must allow it. */
  public MappedMemory mapped() {
    long stride = (valueSize + 7L) / 8 * 8;
    return MappedMemory.map(fd, name, stride * maxEntries, true, 0);
  }

  synchronized void close() {
    if (!closed) {
      closed = true;
      key.close();
      value.close();
    }
  }

  private int perCpuStride() {
    return (valueSize + 7) / 8 * 8;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("map " + name + " is closed");
    }
  }

  /** The kernel writes as many values as there are CPUs: a buffer for one would be overrun. */
  private void requirePerCpu(boolean wanted) {
    if (perCpu != wanted) {
      throw new IllegalStateException("map " + name + (perCpu ? " is" : " is not") + " per CPU");
    }
  }

  private void check(int result, String operation) {
    if (result >= 0) {
      return;
    }
    String remedy = result == -7 || result == -28 ? "; it holds " + maxEntries + " entries" : "";
    throw new DataPlaneException(
        "%s map %s: %s%s".formatted(operation, name, Errno.name(result), remedy));
  }

  private static boolean isBatchUnknown(int result) {
    return result == -Errno.ENOTSUPP || result == -Errno.EOPNOTSUPP;
  }

  private static Memory batch(int count) {
    Memory memory = new Memory(BATCH_OPTIONS_BYTES + Integer.BYTES);
    memory.clear();
    memory.setLong(0, BATCH_OPTIONS_BYTES);
    memory.setInt(BATCH_OPTIONS_BYTES, count);
    return memory;
  }

  private void put(ByteBuffer target, ByteBuffer source) {
    target.clear();
    if (source.remaining() != target.remaining()) {
      throw new IllegalArgumentException(
          "map %s: %d bytes instead of %d".formatted(name, source.remaining(), target.remaining()));
    }
    target.put(source.duplicate());
  }

  private static ByteBuffer intKey(int index) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(0, index);
  }

  private static long address(Memory memory) {
    return Pointer.nativeValue(memory);
  }
}
