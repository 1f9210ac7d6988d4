package io.ebpflb.runtime.dataplane;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Acts within a named network namespace, as {@code ip netns exec} does. */
public final class NetworkNamespace {
  private static final String DIRECTORY = "/var/run/netns/";

  private NetworkNamespace() {}

  /**
   * Runs the task within the namespace and waits for it. It runs on a thread of its own, which ends
   * with it: a pooled thread would take the namespace along. Sockets and BPF links that it makes
   * stay in the namespace, and threads that it starts are born there.
   *
   * @param name as {@code ip netns list} shows it
   * @throws DataPlaneException if there is no such namespace, or no privilege to enter it
   * @throws Exception what the task throws
   */
  public static <T> T enter(String name, Callable<T> task) throws Exception {
    FutureTask<T> future =
        new FutureTask<>(
            () -> {
              join(name);
              return task.call();
            });
    Thread thread = new Thread(future, "netns-" + name);
    thread.setDaemon(true);
    thread.start();
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw (Error) e.getCause();
    } catch (InterruptedException e) {
      thread.interrupt();
      throw e;
    }
  }

  private static void join(String name) {
    int fd = LibC.open(DIRECTORY + name, LibC.O_CLOEXEC);
    if (fd < 0) {
      throw new DataPlaneException(
          "open network namespace %s: %s".formatted(name, Errno.name(LibC.errno())));
    }
    try {
      if (LibC.setns(fd, LibC.CLONE_NEWNET) != 0) {
        throw new DataPlaneException(
            "enter network namespace %s: %s; run as root, or grant CAP_SYS_ADMIN"
                .formatted(name, Errno.name(LibC.errno())));
      }
    } finally {
      LibC.close(fd);
    }
  }
}
