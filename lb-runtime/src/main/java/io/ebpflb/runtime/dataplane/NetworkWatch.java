package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows interfaces, addresses, routes and neighbours of the network namespace that it is opened
 * in. Messages only say that something changed; what is then true is asked for, so a lost or a
 * repeated message does no harm.
 */
final class NetworkWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NetworkWatch.class);

  /**
   * Gathers the messages of one change. Also a guarantee: a packet that read the old route has long
   * stored its next hop when the generation moves on.
   */
  private static final int GATHER_MILLIS = 10;

  /** No message tells of a program that another attaches by TCX. */
  private static final int UNTOLD_MILLIS = 5_000;

  private static final int FAILURE_PAUSE_MILLIS = 1_000;
  private static final int NEIGHBORS_MAX = 65_536;
  private static final int POLL_FD_BYTES = 8;

  private static final int GROUP_LINK = 1;
  private static final int GROUP_NEIGHBOR = 1 << 2;
  private static final int GROUP_TRAFFIC_CONTROL = 1 << 3;
  private static final int GROUP_IPV4_ADDRESS = 1 << 4;
  private static final int GROUP_IPV4_ROUTE = 1 << 6;
  private static final int GROUP_IPV4_RULE = 1 << 7;
  private static final int GROUP_IPV6_ADDRESS = 1 << 8;
  private static final int GROUP_IPV6_ROUTE = 1 << 10;
  private static final int GROUP_IPV6_RULE = 1 << 18;
  private static final int GROUP_NEXTHOP = 1 << 31;
  private static final int GROUPS =
      GROUP_LINK
          | GROUP_NEIGHBOR
          | GROUP_TRAFFIC_CONTROL
          | GROUP_IPV4_ADDRESS
          | GROUP_IPV4_ROUTE
          | GROUP_IPV4_RULE
          | GROUP_IPV6_ADDRESS
          | GROUP_IPV6_ROUTE
          | GROUP_IPV6_RULE
          | GROUP_NEXTHOP;

  /** Called on the watch's thread, and on the opening one for what is there at the start. */
  interface Listener {
    /** Interfaces came, went or changed; these are all that there are now. */
    void links(List<NetworkLink> links);

    /** Called every few seconds: these are all interfaces, on which something untold may be new. */
    void untold(List<NetworkLink> links);

    /** Addresses changed; these are all that there are now. */
    void addresses(List<LocalAddress> addresses);

    /** An entry came, went or changed; called at once for each message. */
    void neighbor(Neighbor neighbor);

    /** Next hops on this interface may have changed. */
    void nextHopsChanged(int ifindex);

    /** Any next hop may have changed. */
    void nextHopsChanged();
  }

  private final Listener listener;
  private final Supplier<List<NetworkLink>> links;
  private final NetlinkSocket socket;
  private final EventFd wake = new EventFd();
  private final Memory pollFds = new Memory(2L * POLL_FD_BYTES);
  private final Map<Neighbor.Key, ByteBuffer> neighbors = new NeighborCache();
  private final Thread thread;
  private volatile boolean closing;

  private boolean linksDirty;
  private boolean addressesDirty;
  private boolean nextHopsDirty;
  private final Set<Integer> dirtyIfindexes = new HashSet<>();

  private NetworkWatch(Listener listener, Supplier<List<NetworkLink>> links) {
    this.listener = listener;
    this.links = links;
    this.socket = NetlinkSocket.open(GROUPS);
    pollFds.clear();
    pollFd(0, socket.fd());
    pollFd(1, wake.fd());
    this.thread = new Thread(this::run, "lb-network-watch");
    this.thread.setDaemon(true);
  }

  /**
   * Tells the listener what is there, then goes on to follow it.
   *
   * @param links asks for all interfaces of the namespace
   */
  static NetworkWatch open(Listener listener, Supplier<List<NetworkLink>> links) {
    // Subscribed before asking, so that nothing falls between.
    NetworkWatch watch = new NetworkWatch(listener, links);
    try {
      watch.linksDirty = true;
      watch.addressesDirty = true;
      watch.refresh();
      Neighbor.list().forEach(watch::noteNeighbor);
    } catch (RuntimeException e) {
      watch.release();
      throw e;
    }
    watch.thread.start();
    return watch;
  }

  private void run() {
    int timeoutMillis = UNTOLD_MILLIS;
    long lookedNanos = System.nanoTime();
    while (!closing) {
      try {
        gather(await(timeoutMillis));
        if (!closing) {
          refresh();
          if (System.nanoTime() - lookedNanos > TimeUnit.MILLISECONDS.toNanos(UNTOLD_MILLIS)) {
            listener.untold(links.get());
            lookedNanos = System.nanoTime();
          }
        }
        timeoutMillis = UNTOLD_MILLIS;
      } catch (RuntimeException e) {
        if (!closing) {
          LOG.error("following the network's changes: {}; trying again", e.getMessage(), e);
        }
        markAll();
        timeoutMillis = FAILURE_PAUSE_MILLIS;
      }
    }
  }

  private void gather(boolean readableNow) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GATHER_MILLIS);
    boolean readable = readableNow;
    while (!closing) {
      if (readable && !socket.receive(this::note)) {
        markAll();
      }
      long leftNanos = deadline - System.nanoTime();
      if (leftNanos <= 0) {
        return;
      }
      readable = await((int) TimeUnit.NANOSECONDS.toMillis(leftNanos) + 1);
    }
  }

  /** Notes what a message makes doubtful. */
  private void note(NetlinkMessage message) {
    switch (message.type()) {
      case NetlinkMessage.NEW_LINK,
          NetlinkMessage.DEL_LINK,
          NetlinkMessage.NEW_QUEUEING,
          NetlinkMessage.DEL_QUEUEING,
          NetlinkMessage.NEW_FILTER,
          NetlinkMessage.DEL_FILTER ->
          linksDirty = true;
      case NetlinkMessage.NEW_ADDRESS, NetlinkMessage.DEL_ADDRESS -> {
        addressesDirty = true;
        nextHopsDirty = true;
      }
      case NetlinkMessage.NEW_NEIGHBOR, NetlinkMessage.DEL_NEIGHBOR ->
          Neighbor.parse(message).ifPresent(this::noteNeighbor);
      // Routes, rules, next-hop objects.
      default -> nextHopsDirty = true;
    }
  }

  /** A neighbour that is merely confirmed or doubted keeps its link address: no news. */
  private void noteNeighbor(Neighbor neighbor) {
    listener.neighbor(neighbor);
    ByteBuffer before =
        neighbor.lladdr().hasRemaining()
            ? neighbors.put(neighbor.key(), neighbor.lladdr())
            : neighbors.remove(neighbor.key());
    boolean unchanged =
        before == null ? !neighbor.lladdr().hasRemaining() : before.equals(neighbor.lladdr());
    if (!unchanged) {
      dirtyIfindexes.add(neighbor.key().ifindex());
    }
  }

  private void markAll() {
    linksDirty = true;
    addressesDirty = true;
    nextHopsDirty = true;
    neighbors.clear();
  }

  private void refresh() {
    if (linksDirty) {
      listener.links(links.get());
      linksDirty = false;
    }
    if (addressesDirty) {
      listener.addresses(LocalAddress.list());
      addressesDirty = false;
    }
    if (nextHopsDirty) {
      listener.nextHopsChanged();
    } else {
      dirtyIfindexes.forEach(listener::nextHopsChanged);
    }
    nextHopsDirty = false;
    dirtyIfindexes.clear();
  }

  /**
   * @return whether the socket has something, or would fail
   */
  private boolean await(int timeoutMillis) {
    int ready = LibC.poll(pollFds, 2, timeoutMillis);
    return ready > 0 && pollFds.getShort(6) != 0;
  }

  private void pollFd(int index, int fd) {
    pollFds.setInt((long) index * POLL_FD_BYTES, fd);
    pollFds.setShort((long) index * POLL_FD_BYTES + 4, LibC.POLLIN);
  }

  /** No call to the listener is under way or follows after this. Idempotent. */
  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    wake.signal();
    Threads.joinUninterruptibly(thread);
    release();
  }

  private void release() {
    socket.close();
    wake.close();
    pollFds.close();
  }

  /** Forgets the eldest: news about a forgotten one then costs one look-up more. */
  private static final class NeighborCache extends LinkedHashMap<Neighbor.Key, ByteBuffer> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Neighbor.Key, ByteBuffer> eldest) {
      return size() > NEIGHBORS_MAX;
    }
  }
}
