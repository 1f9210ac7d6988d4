package io.ebpflb.runtime.dataplane;

import com.sun.jna.Pointer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory of a map, shared with the kernel. Offsets are in bytes, values in the machine's order;
 * ordered accesses need aligned offsets. Not to be used by other threads during {@link #close}.
 */
public final class MappedMemory implements AutoCloseable {
  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final VarHandle INTS =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

  private final long address;
  private final long mappedBytes;
  private final long size;
  private ByteBuffer bytes;

  private MappedMemory(long address, long mappedBytes, long size) {
    this.address = address;
    this.mappedBytes = mappedBytes;
    this.size = size;
    this.bytes = new Pointer(address).getByteBuffer(0, size).order(ByteOrder.nativeOrder());
  }

  static MappedMemory map(int fd, String name, long size, boolean writable, long offset) {
    if (size > Integer.MAX_VALUE) {
      throw new DataPlaneException(
          "map %s into memory: %d bytes are too many".formatted(name, size));
    }
    long page = LibC.getpagesize();
    long mappedBytes = (size + page - 1) / page * page;
    int protection = writable ? LibC.PROT_READ | LibC.PROT_WRITE : LibC.PROT_READ;
    long address = LibC.mmap(0, mappedBytes, protection, LibC.MAP_SHARED, fd, offset);
    if (address == LibC.MAP_FAILED) {
      throw new DataPlaneException(
          "map %s into memory: %s".formatted(name, Errno.name(LibC.errno())));
    }
    return new MappedMemory(address, mappedBytes, size);
  }

  public long size() {
    return size;
  }

  /** A view for bulk reading and writing, without order between accesses. */
  public ByteBuffer buffer() {
    return bytes.duplicate().order(ByteOrder.nativeOrder());
  }

  public long getLong(int offset) {
    return bytes.getLong(offset);
  }

  public int getInt(int offset) {
    return bytes.getInt(offset);
  }

  public void putLong(int offset, long value) {
    bytes.putLong(offset, value);
  }

  public void putInt(int offset, int value) {
    bytes.putInt(offset, value);
  }

  public long getLongAcquire(int offset) {
    return (long) LONGS.getAcquire(bytes, offset);
  }

  public int getIntAcquire(int offset) {
    return (int) INTS.getAcquire(bytes, offset);
  }

  /** One 64-bit store; whoever sees it sees everything written before it. */
  public void setLongRelease(int offset, long value) {
    LONGS.setRelease(bytes, offset, value);
  }

  /** Accesses after this throw instead of ending the JVM. Idempotent. */
  @Override
  public void close() {
    if (bytes != null) {
      bytes = null;
      LibC.munmap(address, mappedBytes);
    }
  }
}
