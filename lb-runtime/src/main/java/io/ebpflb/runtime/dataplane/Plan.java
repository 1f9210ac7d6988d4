package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Protocol;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Everything the data plane shall do, as one immutable value. Applying a plan twice changes
 * nothing.
 *
 * @param services in config order
 * @param departing backends that are in no group any more but whose flows may go on
 * @param closing services that take no new flows while those that they had may go on; their groups
 *     are empty
 */
public record Plan(List<Service> services, List<Departing> departing, List<Service> closing) {

  public static final Plan EMPTY = new Plan(List.of(), List.of());

  public Plan {
    services = List.copyOf(services);
    departing = List.copyOf(departing);
    closing = List.copyOf(closing);
  }

  public Plan(List<Service> services, List<Departing> departing) {
    this(services, departing, List.of());
  }

  /**
   * @param address empty for a wildcard: every local address of the configured interfaces
   * @param routes source prefixes with a group of their own; the most specific wins
   * @param idleTimeout instead of the instance's, for established flows
   */
  public record Service(
      String name,
      Optional<InetAddress> address,
      int port,
      Protocol protocol,
      Selection selection,
      Group group,
      List<Route> routes,
      Optional<Duration> idleTimeout) {
    public Service {
      routes = List.copyOf(routes);
    }
  }

  /** What is hashed to pick a slot of the group's table. */
  public enum Selection {
    FIVE_TUPLE,
    SOURCE,
    RANDOM
  }

  /**
   * @param backends with their effective weights; all zero or none: new flows are dropped
   */
  public record Group(List<Weighted> backends) {
    public Group {
      backends = List.copyOf(backends);
    }
  }

  public record Weighted(Endpoint endpoint, double weight) {}

  public record Route(Prefix source, Group group) {}

  public record Departing(String service, Endpoint endpoint) {}

  public record Endpoint(InetAddress address, int port) {

    // Written out: what a record generates is slow until compiled, and a start compares thousands.
    @Override
    public boolean equals(Object other) {
      return this == other
          || other instanceof Endpoint that && port == that.port && address.equals(that.address);
    }

    @Override
    public int hashCode() {
      return address.hashCode() * 31 + port;
    }
  }

  /**
   * @param length in bits, at most the address's own; bits beyond it are zero
   */
  public record Prefix(InetAddress address, int length) {

    /** Whether the address is of the same family and begins with the same bits. */
    public boolean contains(InetAddress other) {
      byte[] mine = address.getAddress();
      byte[] theirs = other.getAddress();
      if (mine.length != theirs.length) {
        return false;
      }
      for (int bit = 0; bit < length; bit += Byte.SIZE) {
        int mask = 0xff00 >> Math.min(Byte.SIZE, length - bit);
        if (((mine[bit / Byte.SIZE] ^ theirs[bit / Byte.SIZE]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }
}
