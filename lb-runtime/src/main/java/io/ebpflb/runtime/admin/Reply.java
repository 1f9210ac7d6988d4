package io.ebpflb.runtime.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A whole response.
 *
 * @param headers beside those that every response has
 */
record Reply(
    HttpResponseStatus status, String contentType, Map<CharSequence, String> headers, Body body) {

  static final String TEXT = "text/plain; charset=utf-8";
  static final String JSON = "application/json";
  static final String TOML = "application/toml";
  private static final String PROBLEM = "application/problem+json";

  /** JSON, written by the given steps. */
  static Reply json(Consumer<Json> content) {
    Body body = new Body();
    try (Json json = new Json(body)) {
      content.accept(json);
    }
    return of(JSON, body);
  }

  static Reply bytes(String contentType, byte[] bytes) {
    Body body = new Body();
    body.write(bytes, 0, bytes.length);
    return of(contentType, body);
  }

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
    return problem(status, detail, List.of());
  }

  /**
   * @param errors all that is wrong, if it is more than one sentence can say
   */
  static Reply problem(HttpResponseStatus status, String detail, List<String> errors) {
    Body body = new Body();
    try (Json json = new Json(body)) {
      json.object()
          .field("type", "about:blank")
          .field("title", status.reasonPhrase())
          .field("status", status.code())
          .field("detail", detail);
      if (!errors.isEmpty()) {
        json.array("errors");
        errors.forEach(json::value);
        json.endArray();
      }
      json.endObject();
    }
    return new Reply(status, PROBLEM, Map.of(), body);
  }

  /** The same for something that is new. */
  Reply created(String location) {
    return new Reply(HttpResponseStatus.CREATED, contentType, headers, body)
        .with(HttpHeaderNames.LOCATION, location);
  }

  Reply with(CharSequence header, String value) {
    return with(Map.of(header, value));
  }

  Reply with(Map<CharSequence, String> more) {
    Map<CharSequence, String> all = new LinkedHashMap<>(headers);
    all.putAll(more);
    return new Reply(status, contentType, all, body);
  }

  /** With an ETag by which a later change can say what it wants to change. */
  Reply tagged() {
    return with(HttpHeaderNames.ETAG, EntityTag.of(body));
  }

  Optional<String> findTag() {
    return Optional.ofNullable(headers.get(HttpHeaderNames.ETAG));
  }
}
