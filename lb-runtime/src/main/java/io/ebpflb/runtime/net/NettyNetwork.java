package io.ebpflb.runtime.net;

import io.ebpflb.api.DnsAnswer;
import io.ebpflb.api.DnsQuery;
import io.ebpflb.api.Exchange;
import io.ebpflb.api.Network;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The network of one plugin: exchanges run on shared event loops, at most so many at a time. One
 * that has to wait waits within its own deadline. Thread-safe.
 */
public final class NettyNetwork implements Network, AutoCloseable {

  /** Enough for 5,000 checks each 5 s of which all time out after 1 s. */
  public static final int IN_FLIGHT_MAX_DEFAULT = 1024;

  static final int QUERIES_MAX = 1024;
  static final int WAITING_MAX = 16 * 1024;
  static final int REPLY_BYTES_LIMIT = 16 * 1024 * 1024;
  private static final Duration DEADLINE_LIMIT = Duration.ofHours(1);

  private final EventLoops loops;
  private final TlsHandlers tls;
  private final Executor callbacks;
  private final int inFlightMax;
  private final Set<NettyExchange> running = new HashSet<>();
  private final Set<NettyExchange> waiting = new LinkedHashSet<>();
  private final Set<NettyDnsQuery> queries = new HashSet<>();
  private boolean closed;

  /**
   * @param callbacks where futures complete and predicates are asked; a rejected one is dropped
   * @param inFlightMax exchanges at a time
   */
  public NettyNetwork(EventLoops loops, TlsHandlers tls, Executor callbacks, int inFlightMax) {
    this.loops = loops;
    this.tls = tls;
    this.callbacks = callbacks;
    this.inFlightMax = inFlightMax;
  }

  @Override
  public CompletableFuture<Exchange.Reply> exchange(Exchange exchange) {
    Objects.requireNonNull(exchange, "exchange");
    try {
      validate(exchange);
      NettyExchange started = new NettyExchange(exchange, loops, tls, callbacks, this::ended);
      admit(started);
      return started.future();
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static void validate(Exchange exchange) throws IOException {
    if (exchange.peer().isUnresolved()) {
      throw new IOException("\"" + exchange.peer().getHostString() + "\" is not an address");
    }
    if (exchange.deadline().compareTo(Duration.ofMillis(1)) < 0
        || exchange.deadline().compareTo(DEADLINE_LIMIT) > 0) {
      throw new IOException("deadline " + exchange.deadline() + " is not in 1 ms .. 1 h");
    }
    if (exchange.replyBytesMax() < 1 || exchange.replyBytesMax() > REPLY_BYTES_LIMIT) {
      throw new IOException(
          "reply limit " + exchange.replyBytesMax() + " is not in 1.." + REPLY_BYTES_LIMIT);
    }
  }

  @Override
  public CompletableFuture<DnsAnswer> query(DnsQuery query) {
    Objects.requireNonNull(query, "query");
    synchronized (this) {
      if (closed) {
        return CompletableFuture.failedFuture(new IOException("the plugin is being closed"));
      }
      if (queries.size() >= QUERIES_MAX) {
        return CompletableFuture.failedFuture(
            new IOException("more than " + QUERIES_MAX + " DNS queries at a time"));
      }
      try {
        NettyDnsQuery started = new NettyDnsQuery(query, loops, callbacks, this::ended);
        CompletableFuture<DnsAnswer> future = started.future();
        queries.add(started);
        started.start();
        return future;
      } catch (IOException e) {
        return CompletableFuture.failedFuture(e);
      }
    }
  }

  private synchronized void ended(NettyDnsQuery query) {
    queries.remove(query);
  }

  private void admit(NettyExchange exchange) throws IOException {
    synchronized (this) {
      if (closed) {
        throw new IOException("the plugin is being closed");
      }
      if (running.size() >= inFlightMax) {
        if (waiting.size() >= WAITING_MAX) {
          throw new IOException("more than " + WAITING_MAX + " exchanges are waiting");
        }
        waiting.add(exchange);
        return;
      }
      running.add(exchange);
    }
    exchange.start();
  }

  private void ended(NettyExchange exchange) {
    NettyExchange next;
    synchronized (this) {
      if (!running.remove(exchange)) {
        waiting.remove(exchange);
        return;
      }
      Iterator<NettyExchange> first = waiting.iterator();
      next = first.hasNext() ? first.next() : null;
      if (next != null) {
        first.remove();
        running.add(next);
      }
    }
    if (next != null) {
      next.start();
    }
  }

  /** Ends all exchanges under way; further ones fail. Idempotent. */
  @Override
  public void close() {
    List<NettyExchange> rest;
    List<NettyDnsQuery> questions;
    synchronized (this) {
      closed = true;
      waiting.addAll(running);
      rest = List.copyOf(waiting);
      running.clear();
      waiting.clear();
      questions = List.copyOf(queries);
    }
    rest.forEach(NettyExchange::cancel);
    questions.forEach(NettyDnsQuery::cancel);
  }
}
