package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A routing socket in the network namespace of the thread that opens it. For one thread at a time.
 */
final class NetlinkSocket implements AutoCloseable {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW_CLOEXEC = 3 | LibC.O_CLOEXEC;
  private static final int NETLINK_ROUTE = 0;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUF = 8;
  private static final int RECEIVE_BUFFER_BYTES = 1 << 20;
  private static final int MESSAGE_BYTES_MAX = 1 << 16;

  static final int NLM_F_CREATE = 0x400;
  private static final int NLM_F_REQUEST = 1;
  private static final int NLM_F_ACK = 4;
  private static final int NLM_F_DUMP = 0x300;
  private static final int NLM_F_DUMP_INTERRUPTED = 0x10;
  private static final int DUMP_ATTEMPTS_MAX = 10;

  private final int fd;
  private final Memory buffer = new Memory(MESSAGE_BYTES_MAX);

  private NetlinkSocket(int fd) {
    this.fd = fd;
  }

  /**
   * @param groups bit mask of the multicast groups whose messages shall arrive
   */
  static NetlinkSocket open(int groups) {
    int fd = LibC.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0) {
      throw failed("open", LibC.errno());
    }
    NetlinkSocket socket = new NetlinkSocket(fd);
    try (Memory address = new Memory(12);
        Memory size = new Memory(4)) {
      size.setInt(0, RECEIVE_BUFFER_BYTES);
      LibC.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, size, 4);
      address.clear();
      address.setShort(0, (short) AF_NETLINK);
      address.setInt(8, groups);
      if (LibC.bind(fd, address, 12) != 0) {
        int errno = LibC.errno();
        socket.close();
        throw failed("bind", errno);
      }
    }
    return socket;
  }

  /** Asks for all objects of a kind, on a socket of its own. */
  static List<NetlinkMessage> dump(int type, byte[] request) {
    try (NetlinkSocket socket = open(0)) {
      for (int attempt = 0; attempt < DUMP_ATTEMPTS_MAX; attempt++) {
        List<NetlinkMessage> answers = new ArrayList<>();
        if (socket.tryDump(type, request, answers)) {
          return answers;
        }
      }
      throw new DataPlaneException("list network objects: the kernel's tables change too fast");
    }
  }

  private boolean tryDump(int type, byte[] request, List<NetlinkMessage> answers) {
    send(type, NLM_F_DUMP, request);
    Dump dump = new Dump(answers);
    while (!dump.done) {
      receive(dump);
    }
    return !dump.interrupted;
  }

  /**
   * Makes one request on a socket that listens to no group, and waits until it is done.
   *
   * @param answers receives what comes before the acknowledgement
   * @return 0 or minus the error number
   */
  int request(int type, int flags, byte[] body, Consumer<NetlinkMessage> answers) {
    send(type, flags | NLM_F_ACK, body);
    int[] result = {1};
    while (result[0] > 0) {
      receive(
          message -> {
            if (message.type() == NetlinkMessage.ERROR) {
              result[0] = message.body().getInt(0);
            } else {
              answers.accept(message);
            }
          });
    }
    return result[0];
  }

  private void send(int type, int flags, byte[] body) {
    int length = NetlinkMessage.HEADER_BYTES + body.length;
    buffer.clear(length);
    buffer.setInt(0, length);
    buffer.setShort(4, (short) type);
    buffer.setShort(6, (short) (flags | NLM_F_REQUEST));
    buffer.write(NetlinkMessage.HEADER_BYTES, body, 0, body.length);
    if (LibC.send(fd, buffer, length, 0) < 0) {
      throw failed("write to", LibC.errno());
    }
  }

  /** Collects the answers of one dump. */
  private static final class Dump implements Consumer<NetlinkMessage> {
    private final List<NetlinkMessage> answers;
    private boolean done;
    private boolean interrupted;

    private Dump(List<NetlinkMessage> answers) {
      this.answers = answers;
    }

    @Override
    public void accept(NetlinkMessage message) {
      interrupted |= (message.flags() & NLM_F_DUMP_INTERRUPTED) != 0;
      if (message.type() == NetlinkMessage.DONE) {
        done = true;
      } else if (message.type() == NetlinkMessage.ERROR) {
        throw failed("list objects by", -message.body().getInt(0));
      } else {
        answers.add(message);
      }
    }
  }

  int fd() {
    return fd;
  }

  /**
   * Waits for the next datagram and hands on its messages, which stay valid.
   *
   * @return false if the kernel had to leave messages out (the receive buffer was full)
   */
  boolean receive(Consumer<NetlinkMessage> consumer) {
    long length = LibC.recv(fd, buffer, MESSAGE_BYTES_MAX, 0);
    if (length < 0) {
      int errno = LibC.errno();
      if (errno == Errno.EINTR) {
        return true;
      }
      if (errno == Errno.ENOBUFS) {
        return false;
      }
      throw failed("read from", errno);
    }
    parse(ByteBuffer.wrap(buffer.getByteArray(0, (int) length)), consumer);
    return true;
  }

  /** Splits a datagram into messages. */
  static void parse(ByteBuffer datagram, Consumer<NetlinkMessage> consumer) {
    ByteBuffer bytes = datagram.order(ByteOrder.nativeOrder());
    int position = bytes.position();
    while (position + NetlinkMessage.HEADER_BYTES <= bytes.limit()) {
      int length = bytes.getInt(position);
      if (length < NetlinkMessage.HEADER_BYTES || position + length > bytes.limit()) {
        return;
      }
      ByteBuffer body =
          bytes
              .slice(position + NetlinkMessage.HEADER_BYTES, length - NetlinkMessage.HEADER_BYTES)
              .order(ByteOrder.nativeOrder());
      consumer.accept(
          new NetlinkMessage(
              Short.toUnsignedInt(bytes.getShort(position + 4)),
              Short.toUnsignedInt(bytes.getShort(position + 6)),
              body));
      position += NetlinkMessage.align(length);
    }
  }

  @Override
  public void close() {
    LibC.close(fd);
    buffer.close();
  }

  private static DataPlaneException failed(String operation, int errno) {
    return new DataPlaneException("%s routing socket: %s".formatted(operation, Errno.name(errno)));
  }
}
