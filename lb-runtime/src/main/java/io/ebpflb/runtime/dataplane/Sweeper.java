package io.ebpflb.runtime.dataplane;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the program that removes flows whose time is over, a slice of the table at a time. */
final class Sweeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

  static final Duration PERIOD = Duration.ofMillis(100);
  private static final Duration WHOLE_TABLE = Duration.ofSeconds(5);
  private static final int RUNS = (int) WHOLE_TABLE.dividedBy(PERIOD);

  /** The program looks at no packet, but the kernel wants one. */
  private static final int PACKET_BYTES = 64;

  private final BpfProgram program;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(this::newThread);
  private volatile Thread thread;
  private volatile long completed;
  private boolean failing;

  Sweeper(BpfProgram program) {
    this.program = program;
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
    timer.scheduleWithFixedDelay(
        () -> run(afterRun, afterSweep),
        PERIOD.toMillis(),
        PERIOD.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** Whole tables swept since the start; written by the sweep's thread alone. */
  long completed() {
    return completed;
  }

  private void run(Runnable afterRun, Runnable afterSweep) {
    try {
      if (program.run(new byte[PACKET_BYTES], 1).verdict() == 1) {
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

  private Thread newThread(Runnable task) {
    thread = new Thread(task, "lb-sweep");
    thread.setDaemon(true);
    return thread;
  }

  /** No run is under way after this. Idempotent. */
  @Override
  public void close() {
    timer.shutdown();
    Thread started = thread;
    if (started != null) {
      Threads.joinUninterruptibly(started);
    }
  }
}
