package io.ebpflb.testing;

import io.ebpflb.api.DnsRecord;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A name server that speaks real DNS over UDP and TCP on one port of loopback and answers what a
 * test tells it. Answers that do not fit into a datagram are truncated, as the protocol asks.
 */
public final class DnsServer implements AutoCloseable {
  private static final int DATAGRAM_BYTES_MAX = 512;
  private static final int HEADER_BYTES = 12;

  /** A question; the name in lower case, without a dot at the end. */
  public record Question(String name, int type, boolean overTcp) {}

  /**
   * @param code 0 for no error, 3 for a name that does not exist
   * @param records to be answered; their names are sent as they are
   */
  public record Answer(int code, List<DnsRecord> records) {
    /** No answer at all. */
    public static final Answer SILENCE = new Answer(-1, List.of());

    public static Answer of(DnsRecord... records) {
      return new Answer(0, List.of(records));
    }

    public static Answer code(int code) {
      return new Answer(code, List.of());
    }
  }

  private final DatagramSocket datagrams;
  private final ServerSocket connections;
  private final List<Question> questions = new CopyOnWriteArrayList<>();
  private volatile Function<Question, Answer> answers = question -> Answer.code(3);

  private DnsServer(DatagramSocket datagrams, ServerSocket connections) {
    this.datagrams = datagrams;
    this.connections = connections;
    start("dns-server-udp", this::serveDatagrams);
    start("dns-server-tcp", this::serveConnections);
  }

  /** Starts one on a free port of loopback, which knows no name yet. */
  public static DnsServer start() throws IOException {
    return start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /** Starts one on this address, which knows no name yet. */
  public static DnsServer start(InetSocketAddress address) throws IOException {
    ServerSocket tcp = new ServerSocket(address.getPort(), 50, address.getAddress());
    try {
      return new DnsServer(new DatagramSocket(tcp.getLocalSocketAddress()), tcp);
    } catch (IOException e) {
      tcp.close();
      throw e;
    }
  }

  private static void start(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) connections.getLocalSocketAddress();
  }

  /** What questions are answered from now on; called on threads of the server. */
  public DnsServer answer(Function<Question, Answer> answers) {
    this.answers = answers;
    return this;
  }

  /** All questions so far. */
  public List<Question> questions() {
    return List.copyOf(questions);
  }

  /** An A or AAAA record. */
  public static DnsRecord address(String name, long ttlSeconds, String literal) {
    try {
      byte[] data = InetAddress.getByName(literal).getAddress();
      return new DnsRecord(name, data.length == 4 ? 1 : 28, ttlSeconds, data);
    } catch (IOException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }

  public static DnsRecord alias(String name, long ttlSeconds, String target) {
    return new DnsRecord(name, 5, ttlSeconds, wireName(target));
  }

  public static DnsRecord service(
      String name, long ttlSeconds, int priority, int weight, int port, String target) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (int number : new int[] {priority, weight, port}) {
      data.write(number >> 8);
      data.write(number);
    }
    data.writeBytes(wireName(target));
    return new DnsRecord(name, 33, ttlSeconds, data.toByteArray());
  }

  private void serveDatagrams() {
    byte[] buffer = new byte[4096];
    while (!datagrams.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        datagrams.receive(packet);
        byte[] request = Arrays.copyOf(buffer, packet.getLength());
        byte[] response = respond(request, false);
        if (response.length > 0) {
          datagrams.send(new DatagramPacket(response, response.length, packet.getSocketAddress()));
        }
      } catch (IOException | RuntimeException e) {
        // Closed, or a datagram that is no question: nothing to answer.
      }
    }
  }

  private void serveConnections() {
    while (!connections.isClosed()) {
      try (Socket client = connections.accept()) {
        client.setSoTimeout(5000);
        DataInputStream in = new DataInputStream(client.getInputStream());
        byte[] response = respond(in.readNBytes(in.readUnsignedShort()), true);
        if (response.length > 0) {
          DataOutputStream out = new DataOutputStream(client.getOutputStream());
          out.writeShort(response.length);
          out.write(response);
          out.flush();
          // Until the client has read it all and closes.
          client.getInputStream().read();
        }
      } catch (IOException | RuntimeException e) {
        // Closed, or a client that went away.
      }
    }
  }

  private byte[] respond(byte[] request, boolean overTcp) throws IOException {
    StringBuilder name = new StringBuilder();
    int at = HEADER_BYTES;
    while (request[at] != 0) {
      name.append(name.isEmpty() ? "" : ".");
      name.append(new String(request, at + 1, request[at], StandardCharsets.US_ASCII));
      at += request[at] + 1;
    }
    int type = (request[at + 1] & 0xff) << 8 | request[at + 2] & 0xff;
    int questionEnd = at + 5;
    Question question = new Question(name.toString().toLowerCase(Locale.ROOT), type, overTcp);
    questions.add(question);
    Answer answer = answers.apply(question);
    if (answer == Answer.SILENCE) {
      return new byte[0];
    }
    byte[] whole = encode(request, questionEnd, answer.code(), answer.records(), false);
    return overTcp || whole.length <= DATAGRAM_BYTES_MAX
        ? whole
        : encode(request, questionEnd, answer.code(), List.of(), true);
  }

  private static byte[] encode(
      byte[] request, int questionEnd, int code, List<DnsRecord> records, boolean truncated)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(request, 0, 2);
    out.writeByte(truncated ? 0x87 : 0x85);
    out.writeByte(0x80 | code);
    out.writeShort(1);
    out.writeShort(records.size());
    out.writeInt(0);
    out.write(request, HEADER_BYTES, questionEnd - HEADER_BYTES);
    for (DnsRecord record : records) {
      out.write(wireName(record.name()));
      out.writeShort(record.type());
      out.writeShort(1);
      out.writeInt((int) record.ttlSeconds());
      out.writeShort(record.data().length);
      out.write(record.data());
    }
    return bytes.toByteArray();
  }

  private static byte[] wireName(String name) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String label : name.split("\\.")) {
      byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
      out.write(bytes.length);
      out.writeBytes(bytes);
    }
    out.write(0);
    return out.toByteArray();
  }

  @Override
  public void close() {
    datagrams.close();
    try {
      connections.close();
    } catch (IOException e) {
      // A listening socket that cannot be closed keeps its port; the test has ended.
    }
  }
}
