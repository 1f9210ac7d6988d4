package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NetlinkTest {
  private final ByteBuffer datagram = ByteBuffer.allocate(4096).order(ByteOrder.nativeOrder());

  private int start;

  private NetlinkTest message(int type, int bodyBytes) {
    start = datagram.position();
    datagram.putInt(0).putShort((short) type).putShort((short) 0).putInt(0).putInt(0);
    datagram.position(datagram.position() + bodyBytes);
    return end();
  }

  private NetlinkTest attribute(int type, byte[] value) {
    datagram.putShort((short) (value.length + 4)).putShort((short) type).put(value);
    datagram.position(NetlinkMessage.align(datagram.position()));
    return end();
  }

  private NetlinkTest attribute(int type, int value) {
    return attribute(
        type, ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array());
  }

  private NetlinkTest end() {
    datagram.putInt(start, datagram.position() - start);
    return this;
  }

  private int body(int offset) {
    return start + NetlinkMessage.HEADER_BYTES + offset;
  }

  private List<NetlinkMessage> parsed() {
    List<NetlinkMessage> messages = new ArrayList<>();
    NetlinkSocket.parse(datagram.duplicate().flip(), messages::add);
    return messages;
  }

  private static byte[] text(String text) {
    return (text + "\0").getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void readsALink() {
    message(NetlinkMessage.NEW_LINK, 16);
    datagram.putShort(body(2), (short) 1).putInt(body(4), 7).putInt(body(8), 0x10043);
    attribute(3, text("eth0"))
        .attribute(4, 1500)
        .attribute(1, new byte[] {2, 0, 0, 0, 0, 1})
        .attribute(6, text("noqueue"))
        .attribute(37, 0)
        .attribute(18, new byte[] {9, 0, 1, 0, 'v', 'e', 't', 'h', 0});

    NetworkLink link = NetworkLink.parse(parsed().get(0)).orElseThrow();
    assertThat(link)
        .isEqualTo(
            new NetworkLink(
                7,
                "eth0",
                1,
                0x10043,
                1500,
                0x0100_0000_0002L,
                "veth",
                "noqueue",
                Optional.empty(),
                true));
    assertThat(link.isRunning()).isTrue();
    assertThat(link.isEthernet()).isTrue();
  }

  @Test
  void readsASubInterface() {
    byte[] info = {
      9,
      0,
      1,
      0,
      'v',
      'l',
      'a',
      'n',
      0,
      0,
      0,
      0, // kind
      20,
      0,
      2,
      0,
      6,
      0,
      1,
      0,
      100,
      0,
      0,
      0,
      6,
      0,
      5,
      0,
      (byte) 0x88,
      (byte) 0xa8,
      0,
      0 // data
    };
    message(NetlinkMessage.NEW_LINK, 16);
    attribute(3, text("eth0.100")).attribute(5, 7).attribute(18, info);
    message(NetlinkMessage.NEW_LINK, 16);
    attribute(3, text("eth0.100")).attribute(5, 7).attribute(37, 0).attribute(18, info);

    List<NetlinkMessage> messages = parsed();
    assertThat(NetworkLink.parse(messages.get(0)).orElseThrow().vlan())
        .contains(new VlanTag(7, 0x88a8, 100));
    assertThat(NetworkLink.parse(messages.get(1)).orElseThrow().vlan())
        .as("the parent's index is another namespace's")
        .contains(new VlanTag(0, 0x88a8, 100));
  }

  @Test
  void leavesOutAddressesThatNobodyCanConnectTo() throws Exception {
    for (String address : List.of("10.0.0.1", "2001:db8::1", "fe80::1")) {
      message(NetlinkMessage.NEW_ADDRESS, 8);
      datagram.putInt(body(4), 7);
      attribute(1, InetAddress.getByName(address).getAddress());
    }
    message(NetlinkMessage.NEW_ADDRESS, 8);
    attribute(1, InetAddress.getByName("2001:db8::2").getAddress()).attribute(8, 0x40);

    assertThat(parsed().stream().flatMap(message -> LocalAddress.parse(message).stream()))
        .containsExactly(
            new LocalAddress(7, InetAddress.getByName("10.0.0.1")),
            new LocalAddress(7, InetAddress.getByName("2001:db8::1")));
  }

  @Test
  void takesOurEndOfAPointToPointLink() throws Exception {
    message(NetlinkMessage.NEW_ADDRESS, 8);
    attribute(1, new byte[] {10, 0, 0, 2}).attribute(2, new byte[] {10, 0, 0, 1});
    assertThat(LocalAddress.parse(parsed().get(0)).orElseThrow().address())
        .isEqualTo(InetAddress.getByName("10.0.0.1"));
  }

  @Test
  void takesAFailedNeighborForOneWithoutLinkAddress() {
    for (int state : new int[] {0x02, 0x20}) {
      message(NetlinkMessage.NEW_NEIGHBOR, 12);
      datagram.putInt(body(4), 7).putShort(body(8), (short) state);
      attribute(1, new byte[] {10, 0, 0, 1}).attribute(2, new byte[] {2, 0, 0, 0, 0, 1});
    }
    List<Neighbor> neighbors =
        parsed().stream().flatMap(message -> Neighbor.parse(message).stream()).toList();
    assertThat(neighbors.get(0).lladdr().remaining()).isEqualTo(6);
    assertThat(neighbors.get(1).lladdr().remaining()).isZero();
    assertThat(neighbors.get(0).key()).isEqualTo(neighbors.get(1).key());
  }

  @Test
  void endsAtATruncatedMessage() {
    message(NetlinkMessage.NEW_LINK, 16);
    message(NetlinkMessage.NEW_LINK, 16);
    datagram.position(datagram.position() - 1);
    assertThat(parsed()).hasSize(1);
  }
}
