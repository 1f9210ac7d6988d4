package io.ebpflb.runtime.demo;

import io.ebpflb.runtime.dataplane.NetworkNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;

/**
 * Clients that live in a network namespace: some open a connection for each request, some keep one
 * open. Outcomes are collected until somebody takes them.
 */
final class Clients implements AutoCloseable {
  private final InetSocketAddress service;
  private final Duration pause;
  private final Queue<Outcome> visits = new ConcurrentLinkedQueue<>();
  private final Queue<Outcome> conversations = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean isStopping;

  /**
   * @param pause of each client between requests
   */
  Clients(InetSocketAddress service, Duration pause) {
    this.service = service;
    this.pause = pause;
  }

  void start(Namespace home, int visitors, int keepers) throws Exception {
    NetworkNamespace.enter(
        home.name(),
        () -> {
          for (int i = 0; i < visitors + keepers; i++) {
            Runnable life = i < visitors ? this::visit : this::converse;
            Thread thread = new Thread(life, "client-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
          }
          return null;
        });
  }

  /** Requests that had a connection of their own, since the last call. */
  List<Outcome> takeVisits() {
    return take(visits);
  }

  /** Requests over kept connections, since the last call; one that fails ends its connection. */
  List<Outcome> takeConversations() {
    return take(conversations);
  }

  private static List<Outcome> take(Queue<Outcome> queue) {
    List<Outcome> taken = new ArrayList<>();
    for (Outcome next = queue.poll(); next != null; next = queue.poll()) {
      taken.add(next);
    }
    return taken;
  }

  private void visit() {
    repeat(
        () -> {
          long start = System.nanoTime();
          try (HttpConnection connection = new HttpConnection(service)) {
            String answer = connection.get();
            visits.add(new Outcome(start, System.nanoTime(), answer, ""));
          } catch (IOException e) {
            visits.add(new Outcome(start, System.nanoTime(), null, e.getMessage()));
          }
          return true;
        });
  }

  private void converse() {
    String[] partner = {""};
    try (HttpConnection connection = new HttpConnection(service)) {
      repeat(() -> ask(connection, partner));
    } catch (IOException e) {
      conversations.add(new Outcome(System.nanoTime(), System.nanoTime(), null, e.getMessage()));
    }
  }

  /** The problem of a broken conversation begins with the name of who should have answered. */
  private boolean ask(HttpConnection connection, String[] partner) {
    long start = System.nanoTime();
    try {
      String answer = connection.get();
      if (!partner[0].isEmpty() && !partner[0].equals(answer)) {
        throw new IOException("suddenly answered by " + answer);
      }
      partner[0] = answer;
      conversations.add(new Outcome(start, System.nanoTime(), answer, ""));
      return true;
    } catch (IOException e) {
      String problem = partner[0] + ": " + e.getMessage();
      conversations.add(new Outcome(start, System.nanoTime(), null, problem));
      return false;
    }
  }

  private void repeat(BooleanSupplier step) {
    while (!isStopping && step.getAsBoolean()) {
      try {
        Thread.sleep(pause.toMillis());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  @Override
  public void close() {
    isStopping = true;
    threads.forEach(Thread::interrupt);
  }
}
