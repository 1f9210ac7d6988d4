package io.ebpflb.runtime.traffic;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Lets senders go on by one stretch of bytes with each step. */
final class Pace {
  private static final long STEP_TIMEOUT_MILLIS = 30_000;

  private final int stretchBytes;
  private int steps;

  Pace(int stretchBytes) {
    this.stretchBytes = stretchBytes;
  }

  synchronized void step() {
    steps++;
    notifyAll();
  }

  /** Writes wait until there were enough steps for what was written before. */
  OutputStream applyTo(OutputStream out) {
    return new FilterOutputStream(out) {
      private long written;

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        awaitSteps(written / stretchBytes);
        out.write(bytes, offset, length);
        written += length;
      }
    };
  }

  private synchronized void awaitSteps(long count) throws IOException {
    long deadline = System.nanoTime() + STEP_TIMEOUT_MILLIS * 1_000_000;
    try {
      while (steps < count) {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
          throw new IOException("step " + count + " did not come");
        }
        wait(millis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
