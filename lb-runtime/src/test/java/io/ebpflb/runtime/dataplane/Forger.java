package io.ebpflb.runtime.dataplane;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/**
 * Somebody on a link who claims to be whoever he likes, but sees nobody's traffic: he guesses
 * sequence numbers. For one thread at a time.
 */
public final class Forger implements AutoCloseable {
  /** What he claims to have seen, and to expect; connections have random numbers. */
  private static final int GUESS = 0x12345678;

  private static final int CHECKSUM_AT = 16;

  /** A virtual link holds 256 frames. */
  private static final int BURST = 64;

  private static final long PAUSE_NANOS = 500_000;

  private final PacketSocket socket;
  private final String gateway;

  private Forger(PacketSocket socket, String gateway) {
    this.socket = socket;
    this.gateway = gateway;
  }

  /**
   * On an interface of the calling thread's network namespace.
   *
   * @param gateway link address of the balancer there
   */
  public static Forger on(String link, String gateway) throws IOException {
    return new Forger(PacketSocket.open(link), gateway);
  }

  public void syn(InetSocketAddress from, InetSocketAddress to) throws IOException {
    send(tcp(from, to, Packet.SYN));
  }

  public void synAck(InetSocketAddress from, InetSocketAddress to) throws IOException {
    send(tcp(from, to, Packet.SYN | Packet.ACK));
  }

  public void reset(InetSocketAddress from, InetSocketAddress to) throws IOException {
    send(tcp(from, to, Packet.RST));
    send(tcp(from, to, Packet.RST | Packet.ACK));
  }

  /** Every kind of error, to the sender of a packet that says so, from its receiver. */
  public void icmpErrors(InetSocketAddress quotedFrom, InetSocketAddress quotedTo)
      throws IOException {
    Packet quoted = tcp(quotedFrom, quotedTo, Packet.ACK).payload(1000);
    for (IcmpError error : IcmpError.values()) {
      send(error.about(quoted, CHECKSUM_AT, quotedTo.getAddress()));
    }
  }

  /**
   * SYNs, each from a port and address of its own. What a link cannot take is lost before anybody
   * has seen it, so it is left some room.
   *
   * @param network the last four bytes of its addresses are counted up
   */
  public void flood(InetAddress network, InetSocketAddress to, int count) throws IOException {
    Packet first = tcp(new InetSocketAddress(network, 0), to, Packet.SYN);
    ByteBuffer frame = ByteBuffer.wrap(link(first).bytes());
    int hostAt = network.getAddress().length == 4 ? 26 : 34;
    int portAt = frame.limit() - 20;
    int host = frame.getInt(hostAt);
    int sum = frame.getShort(portAt + CHECKSUM_AT) & 0xffff;
    int ipSum = frame.getShort(24) & 0xffff;
    for (int i = 0; i < count; i++) {
      int hosts = i >>> 10;
      int port = 1024 + (i & 1023);
      frame.putInt(hostAt, host + hosts);
      frame.putShort(portAt, (short) port);
      frame.putShort(portAt + CHECKSUM_AT, minus(sum, hosts, port));
      if (network.getAddress().length == 4) {
        frame.putShort(24, minus(ipSum, hosts, 0));
      }
      if (i % BURST == 0) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      send(frame);
    }
  }

  /** The checksum of what has these added (RFC 1624); the lower half of {@code hosts} is enough. */
  private static short minus(int checksum, int hosts, int port) {
    int sum = (~checksum & 0xffff) + (hosts & 0xffff) + port;
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = (sum & 0xffff) + (sum >>> 16);
    return (short) ~sum;
  }

  private static Packet tcp(InetSocketAddress from, InetSocketAddress to, int flags) {
    return Packet.of(Packet.TCP)
        .from(from.getAddress(), from.getPort())
        .to(to.getAddress(), to.getPort())
        .tcp(flags, GUESS, GUESS);
  }

  private Packet link(Packet packet) {
    return packet.macs(gateway, socket.mac());
  }

  private void send(Packet packet) throws IOException {
    send(ByteBuffer.wrap(link(packet).bytes()));
  }

  private void send(ByteBuffer frame) throws IOException {
    while (!socket.send(frame)) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
