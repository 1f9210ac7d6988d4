package io.ebpflb.runtime.dataplane;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the program that removes flows whose time is over, a slice of the table at a time. */
final class Sweeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

  static final Duration PERIOD = Duration.ofMillis(100);
  private static final Duration WHOLE_TABLE = Duration.ofSeconds(5);
  private static final int RUNS = (int) WHOLE_TABLE.dividedBy(PERIOD);

  private final ProgramRun sweep;
  private final CountDownLatch closing = new CountDownLatch(1);
  private Thread thread;
  private volatile long completed;
  private boolean failing;

  Sweeper(BpfProgram program) {
    sweep = ProgramRun.ofNoPacket(program);
  }

  /** Sets that one run must look at, for the whole table to be covered in time. */
  static int setsPerRun(FlowTableSize size) {
    return (size.sets() + RUNS - 1) / RUNS;
  }

  /**
   * @param afterRun called on the sweep's thread after each run
   * @param afterSweep called there after the run that completed a sweep of the whole table
   */
  void start(Runnable afterRun, Runnable afterSweep) {
    thread = new Thread(() -> goOn(afterRun, afterSweep), "lb-sweep");
    thread.setDaemon(true);
    thread.start();
  }

  /** Whole tables swept since the start; written by the sweep's thread alone. */
  long completed() {
    return completed;
  }

  private void goOn(Runnable afterRun, Runnable afterSweep) {
    try {
      while (!closing.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
        run(afterRun, afterSweep);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Runnable afterRun, Runnable afterSweep) {
    try {
      if (sweep.run(1) == 1) {
        completed = completed + 1;
        afterSweep.run();
      }
      afterRun.run();
      failing = false;
    } catch (RuntimeException e) {
      if (!failing) {
        LOG.error("sweeping the flow table: {}; it goes on trying", e.getMessage(), e);
      }
      failing = true;
    }
  }

  /** No run is under way after this. Idempotent. */
  @Override
  public void close() {
    closing.countDown();
    if (thread != null) {
      Threads.joinUninterruptibly(thread);
    }
    sweep.close();
  }
}
