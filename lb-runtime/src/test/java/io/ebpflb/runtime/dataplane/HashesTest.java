package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Protocol;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

/** Values that a C program over {@code hash.h} printed; {@link HashesIT} compares many more. */
class HashesTest {
  private static final InetAddress CLIENT = Plans.ip("198.51.100.7");
  private static final InetAddress CLIENT6 = Plans.ip("2001:db8::7");

  @Test
  void filterBits() {
    assertThat(Hashes.filterBit(CLIENT, 4000, 6)).isEqualTo(194_355);
    assertThat(Hashes.filterBit(CLIENT, 0, 0)).isEqualTo(175_169);
    assertThat(Hashes.filterBit(CLIENT6, 80, 17)).isEqualTo(58_143);
  }

  @Test
  void ipv6AddressesAreFolded() {
    assertThat(Hashes.addressWord(CLIENT6)).isEqualTo(407_979_170);
  }

  @Test
  void selection() {
    int hash = Hashes.fiveTuple(CLIENT, 4000, Plans.ip("192.0.2.10"), 80, Protocol.TCP);
    assertThat(Integer.toUnsignedLong(hash)).isEqualTo(2_656_700_283L);
    assertThat(Integer.toUnsignedLong(Hashes.source(CLIENT))).isEqualTo(3_903_650_672L);
    assertThat(Integer.toUnsignedLong(Hashes.source(CLIENT6))).isEqualTo(2_780_743_934L);
  }

  @Test
  void slotsCoverTheTable() {
    assertThat(Hashes.slot(0, 1024)).isZero();
    assertThat(Hashes.slot(-1, 1024)).isEqualTo(1023);
    assertThat(Hashes.slot(Integer.MIN_VALUE, 131_072)).isEqualTo(65_536);
    assertThat(Hashes.slot(-1, 1)).isZero();
  }
}
