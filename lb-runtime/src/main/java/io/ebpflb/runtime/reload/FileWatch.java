package io.ebpflb.runtime.reload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that a file is another one than before: written to, replaced by an editor, or reached by
 * a symbolic link that was changed, in its own directory or further up.
 */
final class FileWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("reload");

  static final Duration LOOK = Duration.ofSeconds(1);

  /** Until the next look at a file that has just changed. */
  static final Duration SETTLE = Duration.ofMillis(250);

  /** What tells one state of a file from another, without reading it. */
  private record Print(Object fileKey, FileTime modified, long bytes) {}

  private final Path file;
  private final Runnable onChange;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private Thread thread;

  /**
   * @param onChange called on a thread of this once the file has been the same for a moment; the
   *     first time soon after the start, since what came before was not seen
   */
  FileWatch(Path file, Runnable onChange) {
    this.file = file;
    this.onChange = onChange;
  }

  boolean isRunning() {
    lock.lock();
    try {
      return thread != null;
    } finally {
      lock.unlock();
    }
  }

  /** Begins or ends; does not wait. */
  void run(boolean wanted) {
    lock.lock();
    try {
      if (wanted && thread == null) {
        thread = new Thread(this::watch, "lb-config-watch");
        thread.setDaemon(true);
        thread.start();
      } else if (!wanted) {
        thread = null;
        ended.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** A file that is not there at the moment, as between two steps of an editor, is no change. */
  private void watch() {
    Optional<Print> reported = Optional.empty();
    Optional<Print> before = Optional.empty();
    boolean isSettled = false;
    while (waitsOn(isSettled ? LOOK : SETTLE)) {
      Optional<Print> now = print();
      isSettled = now.equals(before);
      if (isSettled && now.isPresent() && !now.equals(reported)) {
        reported = now;
        tell();
      }
      before = now;
    }
  }

  private void tell() {
    try {
      onChange.run();
    } catch (RuntimeException bug) {
      LOG.error("the reload that a change of {} began failed", file, bug);
    }
  }

  private boolean waitsOn(Duration pause) {
    lock.lock();
    try {
      long nanos = pause.toNanos();
      while (nanos > 0 && Objects.equals(thread, Thread.currentThread())) {
        nanos = ended.awaitNanos(nanos);
      }
      return Objects.equals(thread, Thread.currentThread());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private Optional<Print> print() {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(new Print(found.fileKey(), found.lastModifiedTime(), found.size()));
    } catch (IOException notThere) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    lock.lock();
    Thread ending = thread;
    lock.unlock();
    run(false);
    if (ending == null || ending == Thread.currentThread()) {
      return;
    }
    try {
      TimeUnit.SECONDS.timedJoin(ending, 10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
