package io.ebpflb.runtime.net;

import io.ebpflb.api.Endpoints;
import io.ebpflb.api.Exchange;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManagerFactory;

/** Makes the TLS end of exchanges, by the JDK's own TLS. Thread-safe. */
public final class TlsHandlers {
  private static final int CLOSE_NOTIFY_MILLIS = 100;

  private TrustManagerFactory trust;

  private TlsHandlers(TrustManagerFactory trust) {
    this.trust = trust;
  }

  /** Trusts the authorities that the JVM trusts (on Debian those of the system). */
  public static TlsHandlers withSystemTrust() {
    return new TlsHandlers(null);
  }

  public static TlsHandlers withTrust(TrustManagerFactory trust) {
    return new TlsHandlers(trust);
  }

  SslHandler create(Exchange.Tls settings, InetSocketAddress peer, ByteBufAllocator allocator)
      throws IOException {
    String host = settings.serverName().orElse(Endpoints.format(peer.getAddress()));
    SslHandler handler = context(settings.verify()).newHandler(allocator, host, peer.getPort());
    handler.setHandshakeTimeoutMillis(0);
    handler.setCloseNotifyFlushTimeoutMillis(CLOSE_NOTIFY_MILLIS);
    if (settings.serverName().isPresent()) {
      SSLParameters parameters = handler.engine().getSSLParameters();
      // By itself the JDK sends no server name that has no dot in it.
      parameters.setServerNames(List.of(new SNIHostName(host)));
      handler.engine().setSSLParameters(parameters);
    }
    return handler;
  }

  /**
   * Called after the handshake. The JDK does not look at the dates of a certificate that is trusted
   * by itself, as a self-signed one of a backend is.
   *
   * @throws CertificateException when the peer's certificate has expired or is not valid yet
   */
  static void requireCurrent(SslHandler handler) throws CertificateException {
    try {
      if (handler.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate leaf) {
        leaf.checkValidity();
      }
    } catch (SSLPeerUnverifiedException e) {
      throw new CertificateException("the peer showed none", e);
    }
  }

  /**
   * A context of its own for each exchange: a shared one resumes sessions, and a resumed session
   * does not notice that the certificate has expired or changed since.
   */
  private SslContext context(boolean verify) throws IOException {
    SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
    return verify
        ? builder.trustManager(trust()).endpointIdentificationAlgorithm("HTTPS").build()
        : builder
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm(null)
            .build();
  }

  private synchronized TrustManagerFactory trust() throws IOException {
    if (trust == null) {
      try {
        TrustManagerFactory system =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        system.init((KeyStore) null);
        trust = system;
      } catch (GeneralSecurityException e) {
        throw new IOException("the list of trusted certificate authorities cannot be read", e);
      }
    }
    return trust;
  }
}
