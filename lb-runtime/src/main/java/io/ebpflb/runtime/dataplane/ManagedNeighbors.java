package io.ebpflb.runtime.dataplane;

import java.net.InetAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The neighbours by which packets reach the backends, which the kernel keeps resolved on our
 * behalf. Entries that others keep are left alone. For one thread, except {@link #misses}.
 */
final class ManagedNeighbors {
  private static final Logger LOG = LoggerFactory.getLogger(ManagedNeighbors.class);

  private final NetlinkSocket socket;

  /** Replaced as a whole. */
  private volatile Set<Neighbor.Key> wanted = Set.of();

  private final Set<Neighbor.Key> kept = new HashSet<>();
  private boolean takenOver;
  private boolean supported = true;

  ManagedNeighbors(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** Whether an entry that is like this now needs an update. Any thread. */
  boolean misses(Neighbor neighbor) {
    return neighbor.keeper() == Neighbor.Keeper.NOBODY && wanted.contains(neighbor.key());
  }

  /**
   * Makes it so for these backends and the routes of this moment.
   *
   * @return the interfaces by which those are reached that have several ways to them
   */
  Set<Integer> update(Collection<InetAddress> backends) {
    List<Set<Neighbor.Key>> ways =
        backends.stream().map(address -> NetworkPath.neighbors(socket, address)).toList();
    if (supported) {
      keep(ways);
    }
    return ways.stream()
        .filter(keys -> keys.size() > 1)
        .flatMap(Set::stream)
        .map(Neighbor.Key::ifindex)
        .collect(Collectors.toSet());
  }

  private void keep(List<Set<Neighbor.Key>> ways) {
    // What is asked for on an interface that is down fails, and is not asked for soon again.
    Set<Integer> running =
        NetworkLink.list().stream()
            .filter(NetworkLink::isRunning)
            .map(NetworkLink::ifindex)
            .collect(Collectors.toSet());
    wanted =
        ways.stream()
            .flatMap(Set::stream)
            .filter(key -> running.contains(key.ifindex()))
            .collect(Collectors.toSet());
    Map<Neighbor.Key, Neighbor> present = present();
    releaseUnwanted(present);
    keepWanted(present);
  }

  private void releaseUnwanted(Map<Neighbor.Key, Neighbor> present) {
    present.forEach(
        (key, neighbor) -> {
          // At first also what a killed process left behind.
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
      kept.clear();
      LOG.warn(
          "kernel {} cannot keep neighbours resolved (Linux 5.16 can): the first packets to a"
              + " backend may wait for its link address",
          Kernel.release());
    }
  }

  private static Map<Neighbor.Key, Neighbor> present() {
    return Neighbor.list().stream()
        .collect(Collectors.toMap(Neighbor::key, Function.identity(), (a, b) -> b));
  }

  /** Leaves all of them to the kernel's own ways. */
  void releaseAll() {
    kept.forEach(key -> Neighbor.release(socket, key));
    kept.clear();
  }
}
