package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.Configuration.AdminSettings;
import io.ebpflb.runtime.config.Configuration.Token;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslContext;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whoever shows a token may do what its role may, others read at most. Requests on one event loop;
 * any thread may change whom to know.
 */
final class TcpRules implements RequestRules {

  private static final Logger LOG = LoggerFactory.getLogger("admin");

  private volatile Identity identity;
  private final boolean isTokenNeeded;
  private final AuditLog audit;

  /**
   * @param isTokenNeeded also for reading
   */
  TcpRules(Identity identity, boolean isTokenNeeded, AuditLog audit) {
    this.identity = identity;
    this.isTokenNeeded = isTokenNeeded;
    this.audit = audit;
  }

  /**
   * Who is known to the endpoint, and as what it shows itself.
   *
   * @param tls empty: by plain HTTP
   */
  record Identity(Tokens tokens, Optional<ServerTls> tls, HostGuard guard) {
    /**
     * @throws AdminException if a file is not to be had, or not usable
     */
    static Identity read(AdminSettings admin) {
      Optional<ServerTls> tls =
          admin.tlsCertificate().map(chain -> ServerTls.read(chain, admin.tlsKey().orElseThrow()));
      String scheme = tls.isPresent() ? "https" : "http";
      HostGuard guard = new HostGuard(scheme, tls.map(ServerTls::names).orElse(Set.of()));
      return new Identity(Tokens.read(admin.tokens()), tls, guard);
    }
  }

  /** From the next request on, and the next connection for TLS. */
  void continueAs(Identity other) {
    Optional<X509Certificate> before = identity.tls().map(ServerTls::certificate);
    Optional<X509Certificate> now = other.tls().map(ServerTls::certificate);
    identity = other;
    if (!now.equals(before)) {
      LOG.info(
          "the TCP endpoint shows {}",
          now.map(own -> "another certificate, valid until " + own.getNotAfter().toInstant())
              .orElse("no certificate any more"));
    }
  }

  @Override
  public Optional<SslContext> tls() {
    return identity.tls().map(ServerTls::context);
  }

  @Override
  public Optional<String> findObjection(HttpRequest request) {
    return identity.guard().findObjection(request);
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
        ? identity.tokens().find(words[1])
        : Optional.empty();
  }
}
