package io.ebpflb.runtime.admin;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What the endpoint shows of itself, by the JDK's own TLS.
 *
 * @param names by which the certificate says that clients may call it, in lower case
 */
record ServerTls(SslContext context, Set<String> names) {

  private static final int DNS_NAME = 2;

  /**
   * @param certificate the chain, as PEM
   * @param key the private key, as PEM
   * @throws AdminException if they cannot be used
   */
  static ServerTls read(Path certificate, Path key) {
    try {
      SslContext context =
          SslContextBuilder.forServer(certificate.toFile(), key.toFile())
              .sslProvider(SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .build();
      return new ServerTls(context, names(certificate));
    } catch (IOException | CertificateException | IllegalArgumentException unusable) {
      Throwable cause = unusable.getCause() == null ? unusable : unusable.getCause();
      throw new AdminException(
          "open the admin endpoint with TLS: "
              + certificate
              + " and "
              + key
              + ": "
              + cause
              + "; a chain and a private key in PEM are needed, the key as openssl pkcs8 -topk8"
              + " -nocrypt writes it");
    }
  }

  private static Set<String> names(Path certificate) throws IOException, CertificateException {
    try (InputStream in = Files.newInputStream(certificate)) {
      X509Certificate own =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      Collection<List<?>> alternatives = own.getSubjectAlternativeNames();
      Set<String> names = new HashSet<>();
      for (List<?> each : alternatives == null ? List.<List<?>>of() : alternatives) {
        if (each.get(0).equals(DNS_NAME)) {
          names.add(each.get(1).toString().toLowerCase(Locale.ROOT));
        }
      }
      return names;
    }
  }
}
