package io.ebpflb.runtime.traffic;

import io.ebpflb.runtime.dataplane.NetworkNamespace;
import io.ebpflb.runtime.demo.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs parts of a test inside a network namespace. */
final class Within {
  private static final int THREADS = 4;

  private Within() {}

  static <T> T namespace(Namespace namespace, Callable<T> task) throws Exception {
    return NetworkNamespace.enter(namespace.name(), task);
  }

  interface PerNumber<T> {
    T apply(int number) throws Exception;
  }

  /** Runs the task for each number from first until end (exclusive), some at a time. */
  static <T> List<T> parallel(Namespace namespace, int first, int end, PerNumber<T> task)
      throws Exception {
    return namespace(
        namespace,
        () -> {
          ExecutorService threads = Executors.newFixedThreadPool(THREADS);
          try {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = first; i < end; i++) {
              int number = i;
              futures.add(threads.submit(() -> task.apply(number)));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
              results.add(future.get());
            }
            return results;
          } finally {
            threads.shutdownNow();
          }
        });
  }
}
