package io.ebpflb.plugin.healthhttp;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import io.ebpflb.api.Exchange;
import io.ebpflb.api.Range;
import java.net.InetAddress;
import java.util.Optional;

/** Settings of {@code https}: those of {@code http} and how to speak TLS. */
public record HttpsSettings(
    @Doc("Request method: GET, HEAD, OPTIONS, ...") @Default("GET") String method,
    @Doc("What to ask for, with its query") @Default("/") String path,
    @Doc("Host header; without it the backend's address and port") Optional<String> host,
    @Doc("Status codes that pass, as a list of codes and ranges") @Default("200-399")
        String expectedCodes,
    @Doc("Text that the body must contain (UTF-8, as sent, no decompression)")
        Optional<String> expectedBody,
    @Doc("How many bytes of an answer are read at most")
        @Default("65536")
        @Range(min = "1024", max = "1048576")
        int replyBytesMax,
    @Doc("Local address to connect from; without it the host's choice")
        Optional<InetAddress> source,
    @Doc("Name to ask for in TLS (SNI) and to find in the certificate; without it that of host")
        Optional<String> serverName,
    @Doc("Whether the certificate must be valid, for this name, and of a trusted authority")
        @Default("true")
        boolean verify) {

  private static final String NAME = "[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?";
  private static final String IPV4 = "[0-9.]+";

  public HttpsSettings {
    new HttpSettings(method, path, host, expectedCodes, expectedBody, replyBytesMax, source);
    if (serverName.isPresent() && !isName(serverName.get())) {
      throw new IllegalArgumentException(
          "server-name \"%s\" is not a host name"
              .formatted(serverName.get().replaceAll("\\p{Cntrl}", "?")));
    }
  }

  HttpSettings http() {
    return new HttpSettings(method, path, host, expectedCodes, expectedBody, replyBytesMax, source);
  }

  Exchange.Tls tls() {
    Optional<String> ofHost =
        host.map(text -> text.replaceFirst(":[0-9]*$", "")).filter(HttpsSettings::isName);
    return new Exchange.Tls(serverName.or(() -> ofHost), verify);
  }

  private static boolean isName(String text) {
    return text.matches(NAME) && !text.matches(IPV4) && !text.contains("..");
  }
}
