package io.ebpflb.runtime.dataplane;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does for neighbours what traffic through the stack would do: redirected packets do not count as
 * use, so link addresses would go stale and never be verified. Acts on a thread of its own, in the
 * network namespace of the opening thread; the methods only leave work for it.
 */
final class NeighborKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NeighborKeeper.class);

  /** Between two updates, however much changes: meanwhile the stack resolves what is missing. */
  private static final long PAUSE_MILLIS = 1_000;

  /**
   * Before an update: an interface that comes up has its addresses and routes by then. Asked for
   * earlier, a neighbour is asked for in vain, and again only after a second.
   */
  private static final long SETTLE_MILLIS = 100;

  /** Beyond, the least of our problems: they are verified when they go stale the next time. */
  private static final int STALE_MAX = 1_024;

  private final Consumer<Optional<Set<Integer>>> multipath;
  private final NetlinkSocket socket = NetlinkSocket.open(0);
  private final ManagedNeighbors managed = new ManagedNeighbors(socket);
  private final Thread thread = new Thread(this::run, "lb-neighbors");

  private Set<InetAddress> backends = Set.of();
  private boolean backendsKnown;
  private boolean updateDue;
  private long updateAt = System.nanoTime();
  private final Set<Neighbor> stale = new HashSet<>();
  private boolean closing;

  private String failure = "";

  private NeighborKeeper(Consumer<Optional<Set<Integer>>> multipath) {
    this.multipath = multipath;
    thread.setDaemon(true);
  }

  /**
   * Keeps nothing until it is told of backends.
   *
   * @param multipath told by which interfaces backends are reached that have several ways to them,
   *     or nothing as soon as what it was told is in doubt; on the thread that finds out
   */
  static NeighborKeeper open(Consumer<Optional<Set<Integer>>> multipath) {
    NeighborKeeper keeper = new NeighborKeeper(multipath);
    keeper.thread.start();
    return keeper;
  }

  /** These are all backends from now on. */
  synchronized void backends(Set<InetAddress> addresses) {
    if (!backendsKnown || !backends.equals(addresses)) {
      backends = Set.copyOf(addresses);
      backendsKnown = true;
      multipath.accept(Optional.empty());
      updateDue = true;
      notifyAll();
    }
  }

  /** Backends may be reached by other neighbours. */
  synchronized void check() {
    multipath.accept(Optional.empty());
    updateSoon();
  }

  private synchronized void updateSoon() {
    long settled = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SETTLE_MILLIS);
    updateAt = updateAt - settled > 0 ? updateAt : settled;
    updateDue = true;
    notifyAll();
  }

  /**
   * This is what an entry is like now.
   *
   * @param inUse whether packets may leave by its interface without the stack
   */
  void changed(Neighbor neighbor, boolean inUse) {
    if (managed.misses(neighbor)) {
      updateSoon();
    }
    if (inUse && neighbor.isStale() && neighbor.keeper() != Neighbor.Keeper.OTHERS) {
      verify(neighbor);
    }
  }

  private synchronized void verify(Neighbor neighbor) {
    if (stale.size() < STALE_MAX) {
      stale.add(neighbor);
      notifyAll();
    }
  }

  private void run() {
    try {
      while (awaitWork()) {
        try {
          work();
          failure = "";
        } catch (DataPlaneException e) {
          reportOnce(e.getMessage());
          updateSoon();
        }
      }
      managed.releaseAll();
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
      while (!closing && stale.isEmpty() && !(updateIsWanted() && pauseMillis() <= 0)) {
        // 0 waits for news.
        wait(updateIsWanted() ? pauseMillis() : 0);
      }
    } catch (InterruptedException e) {
      closing = true;
    }
    return !closing;
  }

  private boolean updateIsWanted() {
    return backendsKnown && updateDue;
  }

  private long pauseMillis() {
    long nanos = updateAt - System.nanoTime();
    return nanos <= 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
  }

  private void work() {
    List<Neighbor> toVerify;
    Set<InetAddress> addresses;
    boolean update;
    synchronized (this) {
      toVerify = List.copyOf(stale);
      stale.clear();
      addresses = backends;
      update = updateIsWanted() && pauseMillis() <= 0;
      if (update) {
        updateDue = false;
        updateAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
      }
    }
    toVerify.forEach(neighbor -> Neighbor.verify(socket, neighbor));
    if (update) {
      tell(managed.update(addresses));
    }
  }

  /** Unless it is in doubt again. */
  private synchronized void tell(Set<Integer> ifindexes) {
    if (!updateDue) {
      multipath.accept(Optional.of(ifindexes));
    }
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
