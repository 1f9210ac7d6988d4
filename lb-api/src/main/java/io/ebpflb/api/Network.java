package io.ebpflb.api;

import java.util.concurrent.CompletableFuture;

/**
 * Short network exchanges, run on the runtime's event loops: what health checks and resolvers are
 * made of.
 */
public interface Network {

  /**
   * Connects, sends, reads until satisfied, closes. The future completes on the plugin's own
   * thread; it fails with an {@link java.io.IOException} whose message is fit for an operator
   * ("connection refused", "timed out after 1s while reading", "certificate expired on ...").
   * Cancelling it ends the exchange. TCP connections are closed by RST, so that checks leave no
   * TIME_WAIT behind.
   */
  CompletableFuture<Exchange.Reply> exchange(Exchange exchange);

  /**
   * Asks one name server one question, over UDP, and over TCP if the answer is truncated. The
   * future completes on the plugin's own thread, also when the server says that there is no such
   * name; it fails with an {@link java.io.IOException} when there is no answer, its message fit for
   * an operator. Cancelling it forgets the question.
   */
  CompletableFuture<DnsAnswer> query(DnsQuery query);
}
