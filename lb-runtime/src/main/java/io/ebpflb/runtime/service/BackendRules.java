package io.ebpflb.runtime.service;

import io.ebpflb.api.Endpoints;
import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.config.Configuration.Service;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which addresses can be backends of a service. Resolvers may answer anything; a bad address must
 * cost only itself.
 */
final class BackendRules {
  private record Listener(Protocol protocol, InetAddress address, int port) {

    // Written out: what a record generates is slow until compiled, and a start asks thousands.
    @Override
    public boolean equals(Object other) {
      return other instanceof Listener that
          && protocol == that.protocol
          && port == that.port
          && address.equals(that.address);
    }

    @Override
    public int hashCode() {
      return (address.hashCode() * 31 + port) * 31 + protocol.ordinal();
    }
  }

  private final Service service;
  private final Set<Listener> listeners;

  private BackendRules(Service service, Set<Listener> listeners) {
    this.service = service;
    this.listeners = listeners;
  }

  /**
   * @param all every service: none of their addresses can be a backend
   * @param earlier any of an earlier config; what did not change since is then quick to compare
   */
  static Map<String, BackendRules> of(List<Service> all, Optional<BackendRules> earlier) {
    Set<Listener> now =
        all.stream()
            .flatMap(s -> s.address().map(a -> new Listener(s.protocol(), a, s.port())).stream())
            .collect(Collectors.toUnmodifiableSet());
    Set<Listener> listeners = earlier.map(each -> each.listeners).filter(now::equals).orElse(now);
    return all.stream()
        .collect(Collectors.toMap(Service::name, s -> new BackendRules(s, listeners)));
  }

  /** Whether both refuse the same. */
  boolean isSameAs(BackendRules other) {
    return listeners.equals(other.listeners) && service.equals(other.service);
  }

  /** Why this endpoint cannot be a backend; empty if it can. */
  Optional<String> refusal(InetAddress address, int port) {
    if (isUnroutable(address)) {
      return Optional.of(Endpoints.format(address) + " cannot be reached through the network");
    }
    if (!isOfFamily(address)) {
      return Optional.of(Endpoints.format(address) + " is not of the service's address family");
    }
    if (listeners.contains(new Listener(service.protocol(), address, port))) {
      return Optional.of(Endpoints.format(address, port) + " is the address of a service");
    }
    return Optional.empty();
  }

  /** Whether it has the family of the service; one that listens on any address has both. */
  boolean isOfFamily(InetAddress address) {
    return service.address().map(a -> a.getClass() == address.getClass()).orElse(true);
  }

  private static boolean isUnroutable(InetAddress address) {
    return address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isMulticastAddress()
        || address instanceof Inet6Address && address.isLinkLocalAddress();
  }
}
