package io.ebpflb.runtime.admin;

import io.ebpflb.api.Endpoints;
import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioChannelOption;
import java.net.InetSocketAddress;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/** Who is at the other end of a connection, for the audit log. */
final class Peer {

  /** From where a request came that came by the unix socket. */
  static final String UNIX = "unix";

  private Peer() {}

  /** Asks the kernel, and then the system's user database, which may take its time. */
  static String user(Channel channel) {
    UnixDomainPrincipal principal =
        channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED));
    return principal == null ? UNIX : UNIX + ":" + principal.user().getName();
  }

  static String address(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? Endpoints.format(address.getAddress(), address.getPort())
        : "gone";
  }
}
