package io.ebpflb.runtime.dataplane;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the kernel keep the neighbours resolved by which packets reach the backends: traffic that is
 * redirected does not count as use, so it would let them go stale. Entries that others keep are
 * left alone. Acts on a thread of its own, in the network namespace of the opening thread; the
 * methods only wake it.
 */
final class NeighborKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NeighborKeeper.class);

  /** Between two rounds, however much changes: meanwhile the stack resolves what is missing. */
  private static final long PAUSE_MILLIS = 1_000;

  private final NetlinkSocket socket = NetlinkSocket.open(0);
  private final Thread thread = new Thread(this::run, "lb-neighbors");

  private Set<InetAddress> backends = Set.of();
  private boolean backendsKnown;
  private boolean dirty;
  private boolean closing;

  /** Replaced as a whole, by the thread. */
  private volatile Set<Neighbor.Key> wanted = Set.of();

  // Of the thread:
  private final Set<Neighbor.Key> kept = new HashSet<>();
  private boolean takenOver;
  private boolean supported = true;
  private String failure = "";

  private NeighborKeeper() {
    thread.setDaemon(true);
  }

  /** Keeps nothing until it is told of backends. */
  static NeighborKeeper open() {
    NeighborKeeper keeper = new NeighborKeeper();
    keeper.thread.start();
    return keeper;
  }

  /** These are all backends from now on. */
  synchronized void backends(Set<InetAddress> addresses) {
    if (!backendsKnown || !backends.equals(addresses)) {
      backends = Set.copyOf(addresses);
      backendsKnown = true;
      check();
    }
  }

  /** Backends may be reached by other neighbours, or entries need us. */
  synchronized void check() {
    dirty = true;
    notifyAll();
  }

  /** This is what an entry is like now. */
  void changed(Neighbor neighbor) {
    if (neighbor.keeper() == Neighbor.Keeper.NOBODY && wanted.contains(neighbor.key())) {
      check();
    }
  }

  private void run() {
    try {
      while (awaitWork()) {
        try {
          round();
          failure = "";
        } catch (DataPlaneException e) {
          reportOnce(e.getMessage());
          check();
        }
      }
      kept.forEach(key -> Neighbor.release(socket, key));
    } catch (DataPlaneException e) {
      reportOnce(e.getMessage());
    } finally {
      socket.close();
    }
  }

  /**
   * @return false if there is none any more
   */
  private synchronized boolean awaitWork() {
    try {
      if (takenOver && !closing) {
        wait(PAUSE_MILLIS);
      }
      while (!closing && !(backendsKnown && dirty)) {
        wait();
      }
    } catch (InterruptedException e) {
      closing = true;
    }
    return !closing && supported;
  }

  private void round() {
    Set<InetAddress> addresses;
    synchronized (this) {
      addresses = backends;
      dirty = false;
    }
    wanted =
        addresses.stream()
            .flatMap(address -> NetworkPath.neighbors(socket, address).stream())
            .collect(Collectors.toSet());
    Map<Neighbor.Key, Neighbor> present = present();
    releaseUnwanted(present);
    keepWanted(present);
  }

  private void releaseUnwanted(Map<Neighbor.Key, Neighbor> present) {
    present.forEach(
        (key, neighbor) -> {
          // In the first round also what a killed process left behind.
          boolean ours = !takenOver || kept.contains(key);
          if (ours && neighbor.keeper() == Neighbor.Keeper.US && !wanted.contains(key)) {
            Neighbor.release(socket, key);
          }
        });
    takenOver = true;
    kept.retainAll(wanted);
  }

  private void keepWanted(Map<Neighbor.Key, Neighbor> present) {
    boolean added = false;
    for (Neighbor.Key key : wanted) {
      Neighbor neighbor = present.get(key);
      Neighbor.Keeper keeper = neighbor == null ? Neighbor.Keeper.NOBODY : neighbor.keeper();
      if (keeper == Neighbor.Keeper.US || keeper == Neighbor.Keeper.NOBODY && keep(key)) {
        kept.add(key);
      } else {
        kept.remove(key);
      }
      added |= keeper == Neighbor.Keeper.NOBODY;
    }
    if (added) {
      requireSupport();
    }
  }

  private boolean keep(Neighbor.Key key) {
    int result = Neighbor.keep(socket, key);
    if (result != 0) {
      // The interface may have gone meanwhile; else the stack goes on resolving it by itself.
      LOG.debug("keep {} resolved: {}", key, Errno.name(result));
    }
    return result == 0;
  }

  /** An older kernel overlooks the flag. */
  private void requireSupport() {
    Map<Neighbor.Key, Neighbor> present = present();
    if (!kept.isEmpty()
        && kept.stream()
            .map(present::get)
            .allMatch(n -> n != null && n.keeper() == Neighbor.Keeper.NOBODY)) {
      supported = false;
      LOG.warn(
          "kernel {} cannot keep neighbours resolved (Linux 5.16 can): a backend without health"
              + " checks that changes its link address is noticed late",
          Kernel.release());
    }
  }

  private static Map<Neighbor.Key, Neighbor> present() {
    return Neighbor.list().stream()
        .collect(Collectors.toMap(Neighbor::key, Function.identity(), (a, b) -> b));
  }

  private void reportOnce(String message) {
    if (!message.equals(failure)) {
      failure = message;
      LOG.error("keeping neighbours resolved: {}; trying again", message);
    }
  }

  /** Gives back what is kept. Idempotent. */
  @Override
  public void close() {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    Threads.joinUninterruptibly(thread);
  }
}
