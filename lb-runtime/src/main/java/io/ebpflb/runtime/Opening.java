package io.ebpflb.runtime;

import io.ebpflb.runtime.dataplane.DataPlane;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * A data plane that is being opened on a thread of its own, since the kernel takes its time to
 * verify programs. The thread begins in the network namespace of the one that asks for it.
 */
final class Opening implements AutoCloseable {
  private final CompletableFuture<DataPlane> dataPlane;
  private boolean isTaken;

  private Opening(CompletableFuture<DataPlane> dataPlane) {
    this.dataPlane = dataPlane;
  }

  static Opening begin(Supplier<DataPlane> open) {
    return new Opening(
        CompletableFuture.supplyAsync(
            open, task -> new Thread(task, "lb-data-plane-opening").start()));
  }

  /**
   * Waits until it is open; from then on it is the caller's to close.
   *
   * @throws io.ebpflb.runtime.dataplane.DataPlaneException as opening it does
   */
  DataPlane take() {
    isTaken = true;
    try {
      return dataPlane.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException refusal) {
        throw refusal;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  /** Closes it if nobody took it. One that does not open says nothing: the caller has failed. */
  @Override
  public void close() {
    if (!isTaken) {
      dataPlane
          .handle(
              (opened, failure) -> {
                if (opened != null) {
                  opened.close();
                }
                return null;
              })
          .join();
    }
  }
}
