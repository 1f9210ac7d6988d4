package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;

/** What may differ between an error about a flow's packet and its translation. */
record ErrorTranslation(
    byte[] before, byte[] after, FrameView outer, ErrorView error, boolean toBackend) {

  void check(boolean sent) {
    byte[] expected = before.clone();
    int size = outer.addressBytes();
    take(expected, toBackend ? outer.destOffset() : outer.sourceOffset(), size);
    take(expected, toBackend ? error.sourceOffset() : error.destOffset(), size);
    take(expected, error.transport() + (toBackend ? 0 : 2), 2);
    take(expected, outer.transport() + 2, 2);
    if (outer.family() == 4) {
      take(expected, 24, 2);
      take(expected, error.headerCheckOffset(), 2);
    }
    if (error.hasCheck()) {
      take(expected, error.checkOffset(), 2);
    }
    if (sent) {
      take(expected, 0, 12);
      expected[outer.hopLimitOffset()]--;
    }
    HexFormat hex = HexFormat.of();
    assertThat(hex.formatHex(after)).as("translated").isEqualTo(hex.formatHex(expected));
    checkSums();
  }

  private void take(byte[] expected, int offset, int count) {
    if (after.length == before.length) {
      System.arraycopy(after, offset, expected, offset, count);
    }
  }

  private void checkSums() {
    FrameView translated = new FrameView(after);
    ErrorView quoting = new ErrorView(translated);
    assertThat(translated.headerResidue()).as("header sum").isEqualTo(outer.headerResidue());
    assertThat(quoting.headerResidue()).as("quoted header sum").isEqualTo(error.headerResidue());
    assertThat(quoting.residue()).as("ICMP sum").isEqualTo(error.residue());
    if (!error.hasCheck()) {
      return;
    }
    if (error.protocol() == Packet.UDP && outer.u16(error.checkOffset()) == 0) {
      assertThat(translated.u16(error.checkOffset())).as("checksum 0 is none").isZero();
      return;
    }
    assertThat(quoting.transportResidue()).as("quoted sum").isEqualTo(error.transportResidue());
  }
}
