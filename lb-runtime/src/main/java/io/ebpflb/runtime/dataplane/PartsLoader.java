package io.ebpflb.runtime.dataplane;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;

/**
 * Loads the parts of programs that forward already, on a thread of its own: few packets need them,
 * and the verifier takes longer for them than for all else. Until then the kernel's stack has those
 * packets.
 */
final class PartsLoader implements AutoCloseable {
  private final FutureTask<Void> loading;

  private PartsLoader(FutureTask<Void> loading) {
    this.loading = loading;
  }

  /**
   * Begins.
   *
   * @param main loaded from this resource; open until this is closed
   */
  static PartsLoader start(String resource, BpfObject main, List<String> programs) {
    PartsLoader loader =
        new PartsLoader(new FutureTask<>(() -> load(resource, main, programs), null));
    Thread thread = new Thread(loader.loading, "lb-parts");
    thread.setDaemon(true);
    thread.start();
    return loader;
  }

  /** What is connected is held by the map that it is connected by. */
  private static void load(String resource, BpfObject main, List<String> programs) {
    Set<String> parts =
        programs.stream()
            .flatMap(program -> ProgramPart.programs(program).stream())
            .collect(Collectors.toSet());
    try (BpfObject object = BpfObject.open(resource)) {
      object.shareMaps(main).loadOnly(parts).load();
      programs.forEach(program -> ProgramPart.connect(object, program));
    }
  }

  /**
   * Waits until all are in place.
   *
   * @throws DataPlaneException if the kernel refuses one
   */
  void await() {
    try {
      loading.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof DataPlaneException refused) {
        throw refused;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataPlaneException("load parts of the programs: interrupted", e);
    }
  }

  /** Waits too: what the kernel has begun to verify cannot be called back. */
  @Override
  public void close() {
    boolean interrupted = false;
    while (!loading.isDone()) {
      try {
        loading.get();
      } catch (ExecutionException e) {
        // Told by await.
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
