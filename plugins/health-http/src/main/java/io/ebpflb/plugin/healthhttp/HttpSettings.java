package io.ebpflb.plugin.healthhttp;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import io.ebpflb.api.Range;
import java.net.InetAddress;
import java.util.Optional;

/** Settings of {@code http}. Nothing in them can add a line to the request. */
public record HttpSettings(
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
        Optional<InetAddress> source) {

  private static final String METHOD = "[A-Z]{1,20}";
  private static final String PATH = "/[\\x21-\\x7e]{0,2047}";
  private static final String HOST = "[A-Za-z0-9._:\\[\\]-]{1,255}";

  public HttpSettings {
    StatusCodes.parse(expectedCodes);
    require(method.matches(METHOD), "method \"%s\" is not a word in capitals", method);
    require(!method.equals("CONNECT"), "method %s asks for a tunnel, not for a page", method);
    require(path.matches(PATH), "path \"%s\" is not a / and printable characters", path);
    require(
        host.isEmpty() || host.get().matches(HOST),
        "host \"%s\" is not a host name with or without a port",
        host.orElse(""));
    require(
        expectedBody.isEmpty() || !method.equals("HEAD"),
        "an answer to %s has no body, so expected-body cannot hold",
        method);
    require(
        expectedBody.isEmpty() || !expectedBody.get().isEmpty(), "expected-body is empty%s", "");
  }

  private static void require(boolean holds, String problem, String value) {
    if (!holds) {
      throw new IllegalArgumentException(problem.formatted(value.replaceAll("\\p{Cntrl}", "?")));
    }
  }
}
