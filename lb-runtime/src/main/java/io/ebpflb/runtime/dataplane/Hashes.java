package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Protocol;
import java.net.InetAddress;

/**
 * The hash functions of {@code hash.h} that the runtime needs too. An address takes part as one
 * 32-bit word, a port as the 16-bit word that a little-endian machine loads from its wire bytes.
 */
final class Hashes {
  private Hashes() {}

  private static final long K1 = 0x9E3779B97F4A7C15L;
  private static final long K2 = 0xC2B2AE3D27D4EB4FL;
  private static final long K3 = 0xFF51AFD7ED558CCDL;

  /** An IPv4 address as it is, an IPv6 address folded. */
  static int addressWord(InetAddress address) {
    byte[] raw = address.getAddress();
    return raw.length == 4
        ? word(raw, 0)
        : foldAddress(word(raw, 0), word(raw, 4), word(raw, 8), word(raw, 12));
  }

  static int foldAddress(int word0, int word1, int word2, int word3) {
    long high = (long) word1 << 32 | word0 & 0xffff_ffffL;
    long low = (long) word3 << 32 | word2 & 0xffff_ffffL;
    return (int) ((high * K2 + low) * K1 >>> 32);
  }

  /** A port as the data path loads it. */
  static int portWord(int port) {
    return (port & 0xff) << 8 | port >> 8 & 0xff;
  }

  /**
   * A bit number, below 2^{@link FilterLayout#BITS_LOG2}.
   *
   * @param ipProtocol 0 with port 0: the bit of the address alone
   */
  static int filterBit(InetAddress address, int port, int ipProtocol) {
    return filterBit(addressWord(address), port, ipProtocol);
  }

  static int filterBit(int addressWord, int port, int ipProtocol) {
    long x = (addressWord & 0xffff_ffffL) << 32 | (long) portWord(port) << 8 | ipProtocol;
    return (int) (x * K1 >>> 64 - FilterLayout.BITS_LOG2);
  }

  /** Picks a slot for a flow of a service that hashes all of it. */
  static int fiveTuple(
      InetAddress client, int clientPort, InetAddress service, int port, Protocol protocol) {
    return selection(
        addressWord(client),
        addressWord(service),
        portWord(clientPort),
        portWord(port),
        WireFormat.ipProtocol(protocol));
  }

  /** Picks a slot by the client's address alone. */
  static int source(InetAddress client) {
    return selection(addressWord(client), 0, 0, 0, 0);
  }

  /** {@code lb_selection_hash}; ports as {@link #portWord}. */
  static int selection(int source, int dest, int sourcePort, int destPort, int ipProtocol) {
    long addresses = (long) source << 32 | dest & 0xffff_ffffL;
    return (int)
        (mix(addresses, (long) sourcePort << 32 | (long) destPort << 8 | ipProtocol) >>> 32);
  }

  /** Where in a region of this many slots a hash leads. */
  static int slot(int hash, int size) {
    return (int) ((hash & 0xffff_ffffL) * size >>> 32);
  }

  static long mix(long a, long b) {
    long x = a * K1 ^ b * K2;
    x ^= x >>> 32;
    x *= K3;
    x ^= x >>> 29;
    x *= K1;
    return x ^ x >>> 32;
  }

  private static int word(byte[] raw, int at) {
    return raw[at] & 0xff
        | (raw[at + 1] & 0xff) << 8
        | (raw[at + 2] & 0xff) << 16
        | raw[at + 3] << 24;
  }
}
