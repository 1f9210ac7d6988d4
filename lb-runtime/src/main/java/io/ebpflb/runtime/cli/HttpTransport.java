package io.ebpflb.runtime.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/** Over TCP, with TLS and a token if they are asked for. */
final class HttpTransport implements AdminTransport {

  private final URI base;
  private final Optional<String> token;
  private final Duration timeout;
  private final HttpClient client;

  /**
   * @param authorities whom to trust, as PEM; empty: whom the JVM trusts
   * @param timeout for a whole request
   */
  HttpTransport(URI base, Optional<String> token, Optional<Path> authorities, Duration timeout) {
    this.base = base;
    this.token = token;
    this.timeout = timeout;
    if (token.isPresent() && !isPrivate(base)) {
      throw new RefusedException(
          "the token would be sent to " + base + " for everybody to read; use https");
    }
    HttpClient.Builder builder =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(timeout);
    authorities.ifPresent(file -> builder.sslContext(trusting(file)));
    this.client = builder.build();
  }

  /** Whether nobody on the way can read. */
  private static boolean isPrivate(URI base) {
    try {
      return "https".equals(base.getScheme())
          || InetAddress.getByName(base.getHost()).isLoopbackAddress();
    } catch (UnknownHostException unknown) {
      return false;
    }
  }

  @Override
  public String toString() {
    return base.toString();
  }

  @Override
  public Optional<AdminResponse> exchange(
      String method, String path, Map<String, String> headers, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(timeout)
            .method(
                method,
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    token.ifPresent(shown -> request.header("Authorization", "Bearer " + shown));
    try {
      HttpResponse<InputStream> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream in = response.body()) {
        byte[] bytes = in.readNBytes(AdminResponse.BYTES_MAX);
        return Optional.of(
            new AdminResponse(response.statusCode(), new String(bytes, StandardCharsets.UTF_8)));
      }
    } catch (IOException failed) {
      throw failure(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new EnvironmentException("interrupted while asking " + base);
    }
  }

  private EnvironmentException failure(IOException failed) {
    if (failed instanceof HttpTimeoutException) {
      return new EnvironmentException(
          "the balancer on " + base + " did not answer within " + timeout.toSeconds() + " s");
    }
    if (failed instanceof ConnectException) {
      return new EnvironmentException(
          "no balancer listens on " + base + "; its [admin] listen says where it does");
    }
    String remedy =
        failed instanceof SSLException
            ? "; name who signed its certificate with --ca"
            : "; is it https or http that it speaks?";
    return new EnvironmentException(
        "ask the balancer on " + base + ": " + failed.getMessage() + remedy);
  }

  private static SSLContext trusting(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry(Integer.toString(number++), each);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException unusable) {
      throw new EnvironmentException(file + " holds no certificate in PEM: " + unusable);
    }
  }
}
