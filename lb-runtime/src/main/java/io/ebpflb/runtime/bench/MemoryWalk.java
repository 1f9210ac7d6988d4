package io.ebpflb.runtime.bench;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What CPUs of this machine can reach at all: walks through cache lines that lie scattered in a
 * large piece of memory. Each address is read from the line before, and no two walks share a line.
 */
final class MemoryWalk {
  private static final int LINE_BYTES = 64;

  private final ByteBuffer memory;
  private final int first;
  private volatile int last;

  private MemoryWalk(ByteBuffer memory, int first) {
    this.memory = memory;
    this.first = first;
  }

  /**
   * Two walks over as many lines each.
   *
   * @param lines of 64 bytes, at most a quarter of the memory
   * @param bytes of the memory that the lines are scattered in
   */
  static List<MemoryWalk> two(int lines, int bytes) {
    // Not of the heap, which is small.
    ByteBuffer memory = ByteBuffer.allocateDirect(bytes);
    Random random = new Random(lines);
    BitSet taken = new BitSet();
    return Stream.generate(() -> new MemoryWalk(memory, cycle(memory, lines, taken, random)))
        .limit(2)
        .toList();
  }

  /** Lets lines that nobody has refer to each other; returns where the first of them is. */
  private static int cycle(ByteBuffer memory, int lines, BitSet taken, Random random) {
    int first = -1;
    int before = -1;
    for (int i = 0; i < lines; i++) {
      int line = random.nextInt(memory.capacity() / LINE_BYTES);
      while (taken.get(line)) {
        line = random.nextInt(memory.capacity() / LINE_BYTES);
      }
      taken.set(line);
      int at = line * LINE_BYTES;
      if (before < 0) {
        first = at;
      } else {
        memory.putInt(before, at);
      }
      before = at;
    }
    memory.putInt(before, first);
    return first;
  }

  /** Nanoseconds a step. */
  double nanos(int steps) {
    int at = first;
    long start = System.nanoTime();
    for (int i = 0; i < steps; i++) {
      at = memory.getInt(at);
    }
    long nanos = System.nanoTime() - start;
    last = at;
    return (double) nanos / steps;
  }
}
