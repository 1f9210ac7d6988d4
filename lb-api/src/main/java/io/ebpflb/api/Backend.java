package io.ebpflb.api;

import java.net.InetAddress;
import java.util.Objects;

/**
 * One resolved address and port that receives packets of a service. Two backends are equal when
 * service, address and port are.
 */
public final class Backend {

  /** Most backends of a target group, of one address family. */
  public static final int GROUP_MAX = 1024;

  private final String service;
  private final InetAddress address;
  private final int port;

  private Backend(String service, InetAddress address, int port) {
    this.service = Objects.requireNonNull(service, "service");
    this.address = Objects.requireNonNull(address, "address");
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port " + port + " is not in 1..65535");
    }
    this.port = port;
  }

  public static Backend of(String service, InetAddress address, int port) {
    return new Backend(service, address, port);
  }

  /** Name of the service that this backend belongs to. */
  public String service() {
    return service;
  }

  public InetAddress address() {
    return address;
  }

  public int port() {
    return port;
  }

  /** {@code 10.0.0.1:8080} or {@code [2001:db8::1]:8080}, the label used in metrics and the CLI. */
  public String endpoint() {
    return Endpoints.format(address, port);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Backend that
        && port == that.port
        && address.equals(that.address)
        && service.equals(that.service);
  }

  @Override
  public int hashCode() {
    return (service.hashCode() * 31 + address.hashCode()) * 31 + port;
  }

  @Override
  public String toString() {
    return service + "/" + endpoint();
  }
}
