package io.ebpflb.runtime.net;

import io.ebpflb.api.Endpoints;
import io.ebpflb.api.Exchange;
import io.netty.handler.ssl.NotSslRecordException;
import java.net.BindException;
import java.net.NoRouteToHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Failures of exchanges in words for an operator. */
final class NetworkErrors {
  private static final int CAUSES_MAX = 16;
  private static final List<String> REASONS =
      List.of("connection refused", "no route to host", "network is unreachable");

  private NetworkErrors() {}

  static String text(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }

  static String text(Throwable failure, Exchange exchange) {
    List<Throwable> causes = causes(failure);
    // The innermost knows best: "expired" is wrapped in "path validation failed" in "handshake".
    for (int i = causes.size() - 1; i >= 0; i--) {
      Optional<String> known = known(causes.get(i), exchange);
      if (known.isPresent()) {
        return known.get();
      }
    }
    String message = String.valueOf(failure.getMessage());
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("connection reset") || lower.contains("broken pipe")) {
      return "connection reset by the peer";
    }
    return REASONS.stream().filter(lower::contains).findFirst().orElse(message);
  }

  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable each = failure;
        each != null && causes.size() < CAUSES_MAX;
        each = each.getCause()) {
      causes.add(each);
    }
    return causes;
  }

  private static Optional<String> known(Throwable cause, Exchange exchange) {
    if (cause instanceof CertificateExpiredException) {
      return Optional.of("certificate expired: " + cause.getMessage());
    }
    if (cause instanceof CertificateNotYetValidException) {
      return Optional.of("certificate is not valid yet: " + cause.getMessage());
    }
    if (cause instanceof CertPathBuilderException) {
      return Optional.of("certificate is not signed by an authority that this host trusts");
    }
    if (cause instanceof CertificateException) {
      String why = String.valueOf(cause.getMessage()).replaceFirst("^PKIX.*Exception: ", "");
      return Optional.of("certificate refused: " + why.replaceFirst("[.]$", ""));
    }
    if (cause instanceof NotSslRecordException) {
      return Optional.of("the peer does not speak TLS");
    }
    if (cause instanceof NoRouteToHostException && cause.getMessage() == null) {
      // The native transport's ENETUNREACH; it has a text for EHOSTUNREACH.
      return Optional.of("network is unreachable");
    }
    // The native transport reports the errno in its text alone.
    if (cause instanceof BindException || String.valueOf(cause.getMessage()).contains("bind(..)")) {
      String source = exchange.source().map(Endpoints::format).orElse("any address");
      return Optional.of("cannot connect from " + source + ": not an address of this host");
    }
    return Optional.empty();
  }
}
