package io.ebpflb.api;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One request for {@link Network#exchange}: where to, what to send, when the answer is complete.
 * Immutable; the {@code with} methods return changed copies.
 */
public final class Exchange {

  /** TLS settings: the name to ask for (SNI), and whether the certificate must be valid for it. */
  public record Tls(Optional<String> serverName, boolean verify) {
    public Tls {
      Objects.requireNonNull(serverName, "serverName");
    }
  }

  /** What came back. */
  public static final class Reply {
    private final byte[] bytes;
    private final Duration latency;

    private Reply(byte[] bytes, Duration latency) {
      this.bytes = bytes.clone();
      this.latency = latency;
    }

    public static Reply of(byte[] bytes, Duration latency) {
      return new Reply(bytes, latency);
    }

    /** All that was read until the exchange was satisfied or the peer closed. */
    public byte[] bytes() {
      return bytes.clone();
    }

    /** From the start of connecting to the end of reading. */
    public Duration latency() {
      return latency;
    }
  }

  /** How much of an answer is read at most, in bytes, unless told otherwise. */
  public static final int REPLY_BYTES_DEFAULT = 64 * 1024;

  private final InetSocketAddress peer;
  private final Duration deadline;
  private final byte[] request;
  private final Predicate<byte[]> until;
  private final int replyBytesMax;
  private final Tls tls;
  private final InetAddress source;

  private Exchange(
      InetSocketAddress peer,
      Duration deadline,
      byte[] request,
      Predicate<byte[]> until,
      int replyBytesMax,
      Tls tls,
      InetAddress source) {
    this.peer = Objects.requireNonNull(peer, "peer");
    this.deadline = Objects.requireNonNull(deadline, "deadline");
    this.request = request;
    this.until = until;
    this.replyBytesMax = replyBytesMax;
    this.tls = tls;
    this.source = source;
  }

  /** Connecting alone; satisfied as soon as the peer (and TLS, if asked for) has accepted. */
  public static Exchange connect(InetSocketAddress peer, Duration deadline) {
    return new Exchange(peer, deadline, new byte[0], null, REPLY_BYTES_DEFAULT, null, null);
  }

  /**
   * Sends {@code request} after connecting and reads until {@code until} says that the bytes so far
   * are the whole answer, the peer closes, or the limit is reached.
   *
   * @param until called on the plugin's own thread with all bytes so far; what it throws fails this
   *     exchange alone
   */
  public Exchange withRequest(byte[] request, Predicate<byte[]> until) {
    return new Exchange(
        peer, deadline, request.clone(), Objects.requireNonNull(until), replyBytesMax, tls, source);
  }

  public Exchange withReplyBytesMax(int bytes) {
    return new Exchange(peer, deadline, request, until, bytes, tls, source);
  }

  public Exchange withTls(Tls settings) {
    return new Exchange(peer, deadline, request, until, replyBytesMax, settings, source);
  }

  /** The local address to connect from. */
  public Exchange withSource(InetAddress address) {
    return new Exchange(peer, deadline, request, until, replyBytesMax, tls, address);
  }

  public InetSocketAddress peer() {
    return peer;
  }

  /** For the whole exchange, from its start. */
  public Duration deadline() {
    return deadline;
  }

  public byte[] request() {
    return request.clone();
  }

  /** Empty for an exchange that only connects. */
  public Optional<Predicate<byte[]>> until() {
    return Optional.ofNullable(until);
  }

  public int replyBytesMax() {
    return replyBytesMax;
  }

  public Optional<Tls> tls() {
    return Optional.ofNullable(tls);
  }

  public Optional<InetAddress> source() {
    return Optional.ofNullable(source);
  }
}
