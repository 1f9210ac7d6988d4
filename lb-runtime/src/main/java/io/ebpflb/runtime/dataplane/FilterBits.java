package io.ebpflb.runtime.dataplane;

import java.net.InetAddress;
import java.util.BitSet;

/**
 * One half of the filter. Bits are added before what they stand for is published and taken away
 * after it is withdrawn.
 */
final class FilterBits {
  private final MapStore store;
  private final MapStore.FilterSet set;
  private final long[] written = new long[FilterLayout.WORDS];
  private final BitSet unknown = new BitSet();

  FilterBits(MapStore store, MapStore.FilterSet set) {
    this.store = store;
    this.set = set;
  }

  /** Bits of endpoints, as {@link #addTo} sets them. */
  static long[] none() {
    return new long[FilterLayout.WORDS];
  }

  /** The endpoint's bit, and that of its address for packets without readable ports. */
  static void addTo(long[] words, InetAddress address, int port, int ipProtocol) {
    set(words, Hashes.filterBit(address, port, ipProtocol));
    set(words, Hashes.filterBit(address, 0, 0));
  }

  private static void set(long[] words, int bit) {
    words[bit >> 6] |= 1L << (bit & 63);
  }

  void add(long[] wanted) {
    for (int word = 0; word < wanted.length; word++) {
      write(word, written[word] | wanted[word]);
    }
  }

  void reduceTo(long[] wanted) {
    for (int word = 0; word < wanted.length; word++) {
      write(word, wanted[word]);
    }
  }

  private void write(int word, long bits) {
    if (written[word] == bits && !unknown.get(word)) {
      return;
    }
    unknown.set(word);
    store.setFilterWord(set, word, bits);
    written[word] = bits;
    unknown.clear(word);
  }
}
