package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/**
 * The packet table is worth what its packets are: one of them, checksums and all, as another
 * program computed it.
 */
class PacketTest {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void aTcpPacketHasBothChecksums() throws Exception {
    byte[] bytes =
        Packet.of(Packet.TCP)
            .from(InetAddress.getByName("10.91.0.2"), 40000)
            .to(InetAddress.getByName("10.99.0.1"), 80)
            .tcp(Packet.SYN, 1000, 0)
            .bytes();
    assertThat(HEX.formatHex(bytes, 14, 54))
        .isEqualTo(
            "450000281d0f0000400649010a5b00020a630001"
                + "9c400050000003e8000000005002faf0ffb80000");
  }

  @Test
  void aZeroUdpChecksumIsSentAsAllOnes() throws Exception {
    byte[] bytes =
        Packet.of(Packet.UDP)
            .from(InetAddress.getByName("fd91::2"), 40000)
            .to(InetAddress.getByName("fd99::1"), 53)
            .withZeroChecksum()
            .bytes();
    assertThat(HEX.formatHex(bytes, 60, 62)).isEqualTo("ffff");
  }
}
