package io.ebpflb.runtime.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;

/**
 * What an endpoint may know of a request.
 *
 * @param path without query
 * @param accept its Accept headers, joined; empty if there is none
 */
record Request(String method, String path, String accept) {

  static Request of(HttpRequest request) {
    return new Request(
        request.method().name(),
        RequestTarget.path(request.uri()),
        String.join(",", request.headers().getAll(HttpHeaderNames.ACCEPT)));
  }

  boolean reads() {
    return method.equals("GET") || isHead();
  }

  boolean isHead() {
    return method.equals("HEAD");
  }
}
