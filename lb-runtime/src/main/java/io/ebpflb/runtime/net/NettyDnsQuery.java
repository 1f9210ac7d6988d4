package io.ebpflb.runtime.net;

import io.ebpflb.api.DnsAnswer;
import io.ebpflb.api.DnsQuery;
import io.ebpflb.api.DnsRecord;
import io.ebpflb.api.Endpoints;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** One question to a name server, from sending it to the answer. Thread-safe. */
final class NettyDnsQuery {
  private static final Duration DEADLINE_MAX = Duration.ofSeconds(30);
  private static final int NAME_LENGTH_MAX = 253;

  private final DnsQuery query;
  private final DnsQuestion question;
  private final EventLoops loops;

  /** Null once it is over: Netty may keep a question that was cancelled while it was sent. */
  private final AtomicReference<Asker> asker;

  private volatile Future<?> timer;
  private volatile Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> asked;

  /** Whoever waits for the answer, with the plugin behind it. */
  private record Asker(
      ExchangeFuture<DnsAnswer> future, Executor callbacks, Consumer<NettyDnsQuery> ended) {}

  /**
   * @param ended called once
   * @throws IOException if nothing can be asked so
   */
  NettyDnsQuery(DnsQuery query, EventLoops loops, Executor callbacks, Consumer<NettyDnsQuery> ended)
      throws IOException {
    this.query = query;
    this.loops = loops;
    asker = new AtomicReference<>(new Asker(new ExchangeFuture<>(this::cancel), callbacks, ended));
    this.question = question(query);
  }

  private static DnsQuestion question(DnsQuery query) throws IOException {
    if (query.server().isUnresolved()) {
      throw new IOException(
          "name server \"" + query.server().getHostString() + "\" has no address");
    }
    if (query.deadline().compareTo(Duration.ofMillis(1)) < 0
        || query.deadline().compareTo(DEADLINE_MAX) > 0) {
      throw new IOException("deadline " + query.deadline() + " is not in 1 ms .. 30 s");
    }
    if (query.name().isEmpty() || query.name().length() > NAME_LENGTH_MAX) {
      throw new IOException("\"" + query.name() + "\" is not a host name");
    }
    try {
      return new DefaultDnsQuestion(query.name(), DnsRecordType.valueOf(query.type()));
    } catch (IllegalArgumentException e) {
      throw new IOException("\"" + query.name() + "\" is not a host name", e);
    }
  }

  /** To be taken before the start. */
  CompletableFuture<DnsAnswer> future() {
    return asker.get().future();
  }

  void start() {
    EventLoop loop = loops.next();
    timer = loop.schedule(this::timedOut, query.deadline().toNanos(), TimeUnit.NANOSECONDS);
    asked = loops.dns().query(query.server(), question);
    asked.addListener(ignored -> answered());
    if (asker.get() == null) {
      asked.cancel(false);
    }
  }

  /** Nothing happens if it is over. */
  void cancel() {
    fail("cancelled");
  }

  private void timedOut() {
    fail("timed out after " + NetworkErrors.text(query.deadline()));
  }

  private void answered() {
    if (!asked.isSuccess()) {
      String text = asked.cause() == null ? "" : String.valueOf(asked.cause().getMessage());
      fail(text.contains("refused") ? "connection refused" : "no answer: " + text);
      return;
    }
    AddressedEnvelope<DnsResponse, InetSocketAddress> envelope = asked.getNow();
    Asker waiting = end();
    try {
      if (waiting != null) {
        DnsAnswer answer = answer(envelope.content());
        callBack(waiting, () -> waiting.future().complete(answer));
      }
    } catch (RuntimeException e) {
      callBack(
          waiting, () -> waiting.future().completeExceptionally(failure("a malformed answer")));
    } finally {
      envelope.release();
    }
  }

  private static DnsAnswer answer(DnsResponse response) {
    List<DnsRecord> records = new ArrayList<>();
    for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
      if (response.recordAt(DnsSection.ANSWER, i) instanceof DnsRawRecord record) {
        String name = record.name().toLowerCase(Locale.ROOT);
        records.add(
            new DnsRecord(
                name.endsWith(".") ? name.substring(0, name.length() - 1) : name,
                record.type().intValue(),
                record.timeToLive(),
                ByteBufUtil.getBytes(record.content())));
      }
    }
    return new DnsAnswer(response.code().intValue(), records);
  }

  private void fail(String message) {
    Asker waiting = end();
    if (waiting != null) {
      Future<?> running = asked;
      if (running != null) {
        running.cancel(false);
      }
      callBack(waiting, () -> waiting.future().completeExceptionally(failure(message)));
    }
  }

  private IOException failure(String message) {
    InetSocketAddress server = query.server();
    return new IOException(
        "name server " + Endpoints.format(server.getAddress(), server.getPort()) + ": " + message);
  }

  /** Who is to be told, if this ended it; else null. */
  private Asker end() {
    Asker waiting = asker.getAndSet(null);
    if (waiting == null) {
      return null;
    }
    Future<?> running = timer;
    if (running != null) {
      running.cancel(false);
    }
    waiting.ended().accept(this);
    return waiting;
  }

  private static void callBack(Asker waiting, Runnable callback) {
    try {
      waiting.callbacks().execute(callback);
    } catch (RejectedExecutionException e) {
      // The plugin is closed or floods itself: its fence answers for it.
    }
  }
}
