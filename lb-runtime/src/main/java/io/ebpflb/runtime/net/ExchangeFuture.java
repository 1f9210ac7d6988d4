package io.ebpflb.runtime.net;

import java.util.concurrent.CompletableFuture;

/**
 * The future of an exchange. Cancelling it, or any future derived from it, ends the exchange: a
 * checker hands out {@code exchange(...).thenApply(...)}, and that is what the runtime cancels.
 */
final class ExchangeFuture<T> extends CompletableFuture<T> {
  private final Runnable onCancel;

  ExchangeFuture(Runnable onCancel) {
    this.onCancel = onCancel;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new ExchangeFuture<>(onCancel);
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    onCancel.run();
    return cancelled;
  }
}
