package io.ebpflb.runtime.bench;

import io.ebpflb.api.Protocol;
import java.net.InetAddress;

/**
 * The packets of one kind of connection to the service that has one backend, so that the sender of
 * every reply is known. For UDP all packets in one direction are the same.
 */
record Traffic(Family family, Protocol protocol) {
  static final int SERVICE_PORT = 80;
  static final int BACKEND_PORT = 8080;

  /** Of the service with many backends. */
  static final int WIDE_SERVICE_PORT = 81;

  private static final int CLIENT_PORT = 1024;
  private static final int CLIENT_SEQUENCE = 1000;
  private static final int BACKEND_SEQUENCE = 5000;

  /** Clients that share no flow with those of another range. */
  enum Clients {
    ESTABLISHED,
    PROMOTED,
    NEW,
    FOREIGN
  }

  Frame open(Clients clients) {
    return toService(clients, SERVICE_PORT, Frame.SYN, CLIENT_SEQUENCE, 0);
  }

  Frame openWide() {
    return toService(Clients.NEW, WIDE_SERVICE_PORT, Frame.SYN, CLIENT_SEQUENCE, 0);
  }

  Frame answer(Clients clients) {
    return toClient(clients, Frame.SYN | Frame.ACK, BACKEND_SEQUENCE, CLIENT_SEQUENCE + 1);
  }

  /** The first of these establishes the flow. */
  Frame data(Clients clients) {
    return toService(clients, SERVICE_PORT, Frame.ACK, CLIENT_SEQUENCE + 1, BACKEND_SEQUENCE + 1);
  }

  Frame reply(Clients clients) {
    return toClient(clients, Frame.ACK, BACKEND_SEQUENCE + 1, CLIENT_SEQUENCE + 1);
  }

  Frame notOurs() {
    return frame(
        end(family.client(Clients.FOREIGN.ordinal()), CLIENT_PORT),
        end(family.otherHost(), SERVICE_PORT),
        Frame.ACK,
        1,
        1);
  }

  private Frame toService(Clients clients, int port, int flags, int sequence, int acknowledged) {
    return frame(
        end(family.client(clients.ordinal()), CLIENT_PORT),
        end(family.service(), port),
        flags,
        sequence,
        acknowledged);
  }

  private Frame toClient(Clients clients, int flags, int sequence, int acknowledged) {
    return frame(
        end(family.backend(0), BACKEND_PORT),
        end(family.client(clients.ordinal()), CLIENT_PORT),
        flags,
        sequence,
        acknowledged);
  }

  private Frame frame(Frame.End source, Frame.End dest, int flags, int sequence, int acknowledged) {
    return Frame.of(family, protocol, source, dest, new Frame.Tcp(flags, sequence, acknowledged));
  }

  private static Frame.End end(InetAddress address, int port) {
    return new Frame.End(address, port);
  }
}
