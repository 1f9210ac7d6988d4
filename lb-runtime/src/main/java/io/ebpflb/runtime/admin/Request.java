package io.ebpflb.runtime.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an endpoint may know of a request.
 *
 * @param target as it came, with query and escapes
 * @param path without query, still escaped
 * @param query decoded
 * @param parameters of the path, decoded
 */
record Request(
    String method,
    String target,
    String path,
    Map<String, String> query,
    HttpHeaders headers,
    Caller caller,
    Map<String, String> parameters,
    byte[] body) {

  private static final byte[] NO_BODY = {};

  /**
   * @throws ProblemException if its query is malformed
   */
  static Request of(HttpRequest request, Caller caller) {
    return new Request(
        request.method().name(),
        request.uri(),
        RequestTarget.path(request.uri()),
        RequestTarget.query(request.uri()),
        request.headers(),
        caller,
        Map.of(),
        NO_BODY);
  }

  Request with(Map<String, String> pathParameters, byte[] content) {
    return new Request(method, target, path, query, headers, caller, pathParameters, content);
  }

  /** The value of a path parameter that the route has. */
  String parameter(String name) {
    return parameters.get(name);
  }

  /** Refuses names in the query that are none of these. */
  void onlyQuery(String... known) {
    for (String name : query.keySet()) {
      if (!List.of(known).contains(name)) {
        throw ProblemException.badRequest(name + ": unknown in this query");
      }
    }
  }

  boolean isHead() {
    return method.equals("HEAD");
  }

  /** Its Accept headers, joined; empty if there is none. */
  String accept() {
    return String.join(",", headers.getAll(HttpHeaderNames.ACCEPT));
  }

  /** The state that the caller wants to change. */
  Optional<String> findIfMatch() {
    return Optional.ofNullable(headers.get(HttpHeaderNames.IF_MATCH));
  }

  /**
   * The body as a JSON object.
   *
   * @throws ProblemException if it is none
   */
  JsonFields json() {
    return JsonFields.parse(body);
  }

  /** As {@link #json}, with whatever is nested in it. */
  Map<String, Object> jsonTree() {
    return JsonTree.parse(body);
  }

  /**
   * The body as text.
   *
   * @throws ProblemException if it is not UTF-8
   */
  String text() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException other) {
      throw ProblemException.badRequest("the body is not UTF-8");
    }
  }

  /** As {@link #json}; a request without a body has no fields. */
  JsonFields jsonOrNone() {
    return body.length == 0 ? JsonFields.NONE : json();
  }
}
