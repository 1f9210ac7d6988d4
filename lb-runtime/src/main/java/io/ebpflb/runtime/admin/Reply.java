package io.ebpflb.runtime.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A whole response.
 *
 * @param headers beside those that every response has
 */
record Reply(
    HttpResponseStatus status, String contentType, Map<CharSequence, String> headers, Body body) {

  static final String TEXT = "text/plain; charset=utf-8";
  static final String JSON = "application/json";
  private static final String PROBLEM = "application/problem+json";

  static Reply of(String contentType, Body body) {
    return new Reply(HttpResponseStatus.OK, contentType, Map.of(), body);
  }

  static Reply text(HttpResponseStatus status, String line) {
    Body body = new Body();
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    body.write(bytes, 0, bytes.length);
    return new Reply(status, TEXT, Map.of(), body);
  }

  /** RFC 9457. */
  static Reply problem(HttpResponseStatus status, String detail) {
    Body body = new Body();
    try (Json json = new Json(body)) {
      json.object()
          .field("type", "about:blank")
          .field("title", status.reasonPhrase())
          .field("status", status.code())
          .field("detail", detail)
          .endObject();
    }
    return new Reply(status, PROBLEM, Map.of(), body);
  }

  static Reply methodNotAllowed(String method) {
    return problem(
            HttpResponseStatus.METHOD_NOT_ALLOWED,
            "this endpoint only reads: GET or HEAD, not " + method)
        .with(HttpHeaderNames.ALLOW, "GET, HEAD");
  }

  Reply with(CharSequence header, String value) {
    return new Reply(status, contentType, Map.of(header, value), body);
  }
}
