package io.ebpflb.testing;

import io.ebpflb.api.DnsAnswer;
import io.ebpflb.api.DnsQuery;
import io.ebpflb.api.DnsRecord;
import io.ebpflb.api.Exchange;
import io.ebpflb.api.Network;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A network on which a test plays the peer. Starts out silent: nothing answers. */
public final class ScriptedNetwork implements Network {

  /** One exchange that was started, for the test to look at and to answer. */
  public static final class Started {
    private final Exchange exchange;
    private final ScriptedFuture<Exchange.Reply> future = new ScriptedFuture<>(this::markCancelled);
    private boolean cancelled;

    private Started(Exchange exchange) {
      this.exchange = exchange;
    }

    public Exchange exchange() {
      return exchange;
    }

    public String request() {
      return new String(exchange.request(), StandardCharsets.UTF_8);
    }

    /** Whether its future, or one derived from it, was cancelled. */
    public synchronized boolean isCancelled() {
      return cancelled;
    }

    public void reply(String text) {
      future.complete(
          Exchange.Reply.of(text.getBytes(StandardCharsets.UTF_8), Duration.ofMillis(1)));
    }

    public void fail(String message) {
      future.completeExceptionally(new IOException(message));
    }

    private synchronized void markCancelled() {
      cancelled = true;
    }
  }

  /** One DNS question that was asked, for the test to look at and to answer. */
  public static final class Asked {
    private final DnsQuery query;
    private final CompletableFuture<DnsAnswer> future = new CompletableFuture<>();

    private Asked(DnsQuery query) {
      this.query = query;
    }

    public DnsQuery query() {
      return query;
    }

    public void reply(int code, DnsRecord... records) {
      future.complete(new DnsAnswer(code, List.of(records)));
    }

    public void fail(String message) {
      future.completeExceptionally(new IOException(message));
    }
  }

  private final List<Started> started = new ArrayList<>();
  private final List<Asked> asked = new ArrayList<>();
  private Consumer<Started> peer = exchange -> {};
  private Consumer<Asked> nameServer = question -> {};

  /** What happens to exchanges from now on; what it throws is thrown by {@link #exchange}. */
  public synchronized void answer(Consumer<Started> peer) {
    this.peer = peer;
  }

  /** What happens to DNS questions from now on. */
  public synchronized void answerDns(Consumer<Asked> nameServer) {
    this.nameServer = nameServer;
  }

  /** All DNS questions so far. */
  public synchronized List<Asked> asked() {
    return List.copyOf(asked);
  }

  /** All exchanges so far. */
  public synchronized List<Started> started() {
    return List.copyOf(started);
  }

  @Override
  public CompletableFuture<Exchange.Reply> exchange(Exchange exchange) {
    Started next = new Started(exchange);
    Consumer<Started> answering;
    synchronized (this) {
      started.add(next);
      answering = peer;
    }
    answering.accept(next);
    return next.future;
  }

  @Override
  public CompletableFuture<DnsAnswer> query(DnsQuery query) {
    Asked next = new Asked(query);
    Consumer<Asked> answering;
    synchronized (this) {
      asked.add(next);
      answering = nameServer;
    }
    answering.accept(next);
    return next.future;
  }

  /** Passes on the cancelling of futures derived from it, as those of the runtime do. */
  private static final class ScriptedFuture<T> extends CompletableFuture<T> {
    private final Runnable onCancel;

    private ScriptedFuture(Runnable onCancel) {
      this.onCancel = onCancel;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
      return new ScriptedFuture<>(onCancel);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      onCancel.run();
      return super.cancel(mayInterruptIfRunning);
    }
  }
}
