package io.ebpflb.runtime.service;

import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.config.Configuration.Service;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which addresses can be backends of a service. Resolvers may answer anything; a bad address must
 * cost only itself.
 */
final class BackendRules {
  private final Service service;
  private final Set<InetSocketAddress> serviceAddresses;

  private BackendRules(Service service, Set<InetSocketAddress> serviceAddresses) {
    this.service = service;
    this.serviceAddresses = serviceAddresses;
  }

  /** Where services with an address of their own listen: no backend may be one of them. */
  static Set<InetSocketAddress> addressesOf(List<Service> services) {
    return services.stream()
        .filter(service -> service.address().isPresent())
        .map(service -> new InetSocketAddress(service.address().get(), service.port()))
        .collect(Collectors.toUnmodifiableSet());
  }

  static BackendRules of(Service service, Set<InetSocketAddress> serviceAddresses) {
    return new BackendRules(service, serviceAddresses);
  }

  /** Why this endpoint cannot be a backend; empty if it can. */
  Optional<String> refusal(InetAddress address, int port) {
    String name = Endpoints.format(address, port);
    if (address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isMulticastAddress()) {
      return Optional.of(name + " is not an address that packets can be sent to from outside");
    }
    if (service.address().isPresent() && service.address().get().getClass() != address.getClass()) {
      return Optional.of(name + " is not of the service's address family");
    }
    if (serviceAddresses.contains(new InetSocketAddress(address, port))) {
      return Optional.of(name + " is the address of a service");
    }
    return Optional.empty();
  }
}
