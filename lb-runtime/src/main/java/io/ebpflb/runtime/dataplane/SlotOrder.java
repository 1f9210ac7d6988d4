package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.dataplane.Plan.Endpoint;
import java.util.Arrays;

/**
 * In which order an endpoint prefers the slots of a table: a permutation that follows from its
 * address and port alone. Ordered itself, so that ties are broken the same way everywhere.
 */
final class SlotOrder implements Comparable<SlotOrder> {
  private final byte[] address;
  private final int port;
  private final long seed;
  private final int factor1;
  private final int factor2;
  private final int factor3;
  private final int offset1;
  private final int offset2;

  SlotOrder(Endpoint endpoint) {
    address = endpoint.address().getAddress();
    port = endpoint.port();
    seed = seed(address, port);
    long random1 = Hashes.mix(seed, 1);
    long random2 = Hashes.mix(seed, 2);
    factor1 = (int) random1 | 1;
    offset1 = (int) (random1 >>> 32);
    factor2 = (int) random2 | 1;
    offset2 = (int) (random2 >>> 32);
    factor3 = (int) Hashes.mix(seed, 3) | 1;
  }

  private static long seed(byte[] address, int port) {
    long seed = Hashes.mix(address.length, port);
    for (int i = 0; i < address.length; i += 4) {
      int word =
          (address[i] & 0xff) << 24
              | (address[i + 1] & 0xff) << 16
              | (address[i + 2] & 0xff) << 8
              | address[i + 3] & 0xff;
      seed = Hashes.mix(seed, word & 0xffff_ffffL);
    }
    return seed;
  }

  /**
   * The slot preferred at this rank, of 2^{@code cellBits} cells of 2^{@code partBits} slots: one
   * cell after the other, whatever it is cut into.
   */
  int slot(int rank, int cellBits, int partBits) {
    int part = rank & (1 << partBits) - 1;
    return cell(rank >>> partBits, cellBits) << partBits | part;
  }

  /**
   * The cell preferred at this rank. Each step (an odd factor, an offset, a shifted exclusive or)
   * is a bijection, so every cell has one rank.
   */
  private int cell(int rank, int bits) {
    int mask = (1 << bits) - 1;
    int shift = bits + 1 >> 1;
    int x = rank * factor1 + offset1 & mask;
    x ^= x >>> shift;
    x = x * factor2 + offset2 & mask;
    x ^= x >>> shift;
    x = x * factor3 & mask;
    return x ^ x >>> shift;
  }

  @Override
  public int compareTo(SlotOrder other) {
    int bySeed = Long.compareUnsigned(seed, other.seed);
    if (bySeed != 0) {
      return bySeed;
    }
    int byAddress = Arrays.compareUnsigned(address, other.address);
    return byAddress != 0 ? byAddress : Integer.compare(port, other.port);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SlotOrder that && compareTo(that) == 0;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(seed);
  }
}
