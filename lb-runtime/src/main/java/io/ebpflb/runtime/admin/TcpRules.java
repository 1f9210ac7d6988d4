package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.Configuration.Token;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Optional;

/** Whoever shows a token may do what its role may, others read at most. On one event loop. */
final class TcpRules implements RequestRules {

  private final HostGuard guard;
  private final Tokens tokens;
  private final boolean isTokenNeeded;
  private final AuditLog audit;

  /**
   * @param isTokenNeeded also for reading
   */
  TcpRules(HostGuard guard, Tokens tokens, boolean isTokenNeeded, AuditLog audit) {
    this.guard = guard;
    this.tokens = tokens;
    this.isTokenNeeded = isTokenNeeded;
    this.audit = audit;
  }

  @Override
  public Optional<String> findObjection(HttpRequest request) {
    return guard.findObjection(request);
  }

  @Override
  public Caller caller(HttpRequest request, Channel channel) {
    Caller anonymous = Caller.anonymous(Peer.address(channel));
    List<String> shown = request.headers().getAll(HttpHeaderNames.AUTHORIZATION);
    if (shown.isEmpty() && !isTokenNeeded) {
      return anonymous;
    }
    Optional<Token> token = shown.size() == 1 ? find(shown.get(0)) : Optional.empty();
    if (token.isEmpty()) {
      audit.refused(
          anonymous,
          request.method().name(),
          request.uri(),
          HttpResponseStatus.UNAUTHORIZED.code());
      throw shown.isEmpty() ? Access.tokenMissing() : Access.tokenUnknown();
    }
    return new Caller(token.get().name(), token.get().role(), anonymous.source());
  }

  private Optional<Token> find(String authorization) {
    String[] words = authorization.strip().split(" +");
    return words.length == 2 && words[0].equalsIgnoreCase("Bearer")
        ? tokens.find(words[1])
        : Optional.empty();
  }
}
