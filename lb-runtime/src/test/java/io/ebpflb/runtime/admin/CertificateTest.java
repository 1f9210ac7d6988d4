package io.ebpflb.runtime.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.runtime.config.Configuration.MetricsSettings;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate is renewed while clients come and go. */
class CertificateTest {
  private static final MetricsSettings METRICS = new MetricsSettings("/metrics");

  @TempDir private Path directory;

  @Test
  void aCertificateThatWasReplacedIsShownOnceItIsReadAgain() throws Exception {
    PemFiles pem = PemFiles.create(directory);
    PemFiles renewed = PemFiles.create(Files.createDirectory(directory.resolve("renewed")));
    Certificate before = certificate(pem);
    try (AdminFixture admin = AdminFixture.guarded(List.of(), Optional.of(pem))) {
      assertThat(shown(admin.port())).isEqualTo(before);

      replace(pem.certificate(), renewed.certificate());
      assertThatThrownBy(() -> admin.server.prepare(admin.settings, METRICS))
          .as("another's key")
          .isInstanceOf(AdminException.class)
          .hasMessageContaining("the key is not that of the certificate");
      assertThat(shown(admin.port())).isEqualTo(before);

      replace(pem.key(), renewed.key());
      Runnable change = admin.server.prepare(admin.settings, METRICS);
      assertThat(shown(admin.port())).isEqualTo(before);
      change.run();
      assertThat(shown(admin.port())).isEqualTo(certificate(renewed)).isNotEqualTo(before);
    }
  }

  private static void replace(Path file, Path by) throws Exception {
    Files.copy(by, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Certificate certificate(PemFiles pem) throws Exception {
    try (InputStream in = Files.newInputStream(pem.certificate())) {
      return CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static Certificate shown(int port) throws Exception {
    SSLContext any = SSLContext.getInstance("TLS");
    any.init(null, new TrustManager[] {new Anybody()}, null);
    try (SSLSocket socket = (SSLSocket) any.getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  /** Looks at certificates and does not judge them. */
  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
