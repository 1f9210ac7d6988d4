package io.ebpflb.runtime.admin;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the endpoint shows of itself, by the JDK's own TLS.
 *
 * @param certificate its own, the first of the chain
 * @param names by which the certificate says that clients may call it, in lower case
 */
record ServerTls(SslContext context, X509Certificate certificate, Set<String> names) {

  private static final int DNS_NAME = 2;
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

  /**
   * @param certificate the chain, as PEM
   * @param key the private key, as PEM
   * @throws AdminException if they cannot be used, or are not a pair
   */
  static ServerTls read(Path certificate, Path key) {
    try {
      X509Certificate[] chain = chain(certificate);
      PrivateKey own = key(key, chain[0].getPublicKey());
      SslContext context =
          SslContextBuilder.forServer(own, chain)
              .sslProvider(SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .build();
      return new ServerTls(context, chain[0], names(chain[0]));
    } catch (IOException | GeneralSecurityException | IllegalArgumentException unusable) {
      throw new AdminException(
          "open the admin endpoint with TLS: "
              + certificate
              + " and "
              + key
              + ": "
              + (unusable.getCause() == null ? unusable : unusable.getCause())
              + "; a chain and its private key in PEM are needed, the key as openssl pkcs8 -topk8"
              + " -nocrypt writes it");
    }
  }

  private static X509Certificate[] chain(Path file) throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      X509Certificate[] chain =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toArray(X509Certificate[]::new);
      if (chain.length == 0) {
        throw new IllegalArgumentException("the chain holds no certificate");
      }
      return chain;
    }
  }

  private static PrivateKey key(Path file, PublicKey of)
      throws IOException, GeneralSecurityException {
    Matcher pem = KEY.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    if (!pem.find()) {
      throw new IllegalArgumentException("there is no BEGIN PRIVATE KEY in the second");
    }
    byte[] bytes = Base64.getMimeDecoder().decode(pem.group(1));
    PrivateKey key =
        KeyFactory.getInstance(of.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(bytes));
    checkPair(key, of);
    return key;
  }

  /** The JDK would notice in the handshake of each client: a renewal may be half done. */
  private static void checkPair(PrivateKey key, PublicKey of) throws GeneralSecurityException {
    String algorithm =
        switch (of.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> of.getAlgorithm();
        };
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    byte[] signed = signature.sign();
    signature.initVerify(of);
    if (!signature.verify(signed)) {
      throw new IllegalArgumentException("the key is not that of the certificate");
    }
  }

  private static Set<String> names(X509Certificate own) throws CertificateParsingException {
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
