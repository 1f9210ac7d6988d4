package io.ebpflb.runtime.dataplane;

/** Ends of threads. */
final class Threads {
  private Threads() {}

  /** Waits for the thread's end, which the caller has asked for; keeps an interrupt for later. */
  static void joinUninterruptibly(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
