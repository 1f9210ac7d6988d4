package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * What may differ between a packet and its translation: one address and port, the checksums by as
 * much as that takes (both of which a later fragment has not), and, if it was sent, the link
 * addresses and the hop limit by one.
 */
record Translation(byte[] before, byte[] after, FrameView view, boolean toBackend, boolean sent) {

  void check() {
    byte[] expected = before.clone();
    take(expected, toBackend ? view.destOffset() : view.sourceOffset(), view.addressBytes());
    if (!view.isLaterFragment()) {
      take(expected, view.transport() + (toBackend ? 2 : 0), 2);
      take(expected, view.checksumOffset(), 2);
    }
    if (view.family() == 4) {
      take(expected, 24, 2);
    }
    if (sent) {
      take(expected, 0, 12);
      expected[view.hopLimitOffset()]--;
      assertThat(view.u8(view.hopLimitOffset())).as("hop limit of what was sent").isGreaterThan(1);
      checkLink();
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

  private void checkLink() {
    HexFormat mac = HexFormat.ofDelimiter(":");
    // A client may live on the backends' side.
    boolean tagged = FrameTags.isOn(PacketLab.TAGGED_BACKEND_NETWORK, after);
    boolean behind = tagged || FrameTags.isOn(PacketLab.BACKEND_NETWORK, after);
    String to = behind ? PacketLab.BACKEND_MAC : PacketLab.CLIENT_MAC;
    String from =
        tagged
            ? PacketLab.TAGGED_BACKEND_SIDE_MAC
            : behind
                ? PacketLab.BACKEND_SIDE_MAC
                : FrameTags.isOn(PacketLab.TAGGED_CLIENT_NETWORK, after)
                    ? PacketLab.TAGGED_CLIENT_SIDE_MAC
                    : PacketLab.CLIENT_SIDE_MAC;
    assertThat(mac.formatHex(Arrays.copyOf(after, 6))).as("to").isEqualTo(to);
    assertThat(mac.formatHex(Arrays.copyOfRange(after, 6, 12))).as("from").isEqualTo(from);
  }

  /** Right stays right, and wrong stays as wrong, so that the receiver still sees it. */
  private void checkSums() {
    FrameView translated = new FrameView(after);
    assertThat(translated.headerResidue()).as("header sum").isEqualTo(view.headerResidue());
    if (view.isLaterFragment()) {
      return;
    }
    boolean udp = view.protocol() == Packet.UDP;
    if (udp && view.u16(view.checksumOffset()) == 0) {
      assertThat(translated.u16(view.checksumOffset())).as("checksum 0 is none").isZero();
      return;
    }
    assertThat(translated.transportResidue())
        .as("transport sum")
        .isEqualTo(view.transportResidue());
    if (udp) {
      assertThat(translated.u16(view.checksumOffset())).as("a checksum is there").isNotZero();
    }
  }
}
