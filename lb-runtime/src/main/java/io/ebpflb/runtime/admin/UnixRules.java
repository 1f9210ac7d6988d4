package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.Role;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.ssl.SslContext;
import java.util.Optional;

/** Whoever may open the socket's file may do everything, and is trusted to be no web page. */
final class UnixRules implements RequestRules {

  @Override
  public Optional<SslContext> tls() {
    return Optional.empty();
  }

  @Override
  public Optional<String> findObjection(HttpRequest request) {
    return Optional.empty();
  }

  /** Who reads is not asked for, since that may take its time. */
  @Override
  public Caller caller(HttpRequest request, Channel channel) {
    boolean reads =
        request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    return new Caller(reads ? Peer.UNIX : Peer.user(channel), Role.ADMIN, Peer.UNIX);
  }
}
