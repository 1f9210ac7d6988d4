package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.Role;

/**
 * One method of one path.
 *
 * @param role what the caller needs
 * @param body what it takes
 * @param matchNeeded whether a request must say with If-Match which state it wants to change
 * @param immediate whether it is answered on the event loop; then it must not wait for anything
 */
record Route(
    String method,
    PathTemplate path,
    Role role,
    Payload body,
    boolean matchNeeded,
    boolean immediate,
    Endpoint endpoint) {

  /** What a request may carry. */
  enum Payload {
    NONE("", 0),
    JSON(Reply.JSON, 1 << 16),
    /** A service may have a thousand targets. */
    LONG_JSON(Reply.JSON, 1 << 20),
    TOML(Reply.TOML, 1 << 23);

    private final String contentType;
    private final int bytesMax;

    Payload(String contentType, int bytesMax) {
      this.contentType = contentType;
      this.bytesMax = bytesMax;
    }

    String contentType() {
      return contentType;
    }

    int bytesMax() {
      return bytesMax;
    }
  }

  static Route get(String path, Endpoint endpoint) {
    return new Route(
        "GET", new PathTemplate(path), Role.VIEWER, Payload.NONE, false, false, endpoint);
  }

  static Route probe(String path, Endpoint endpoint) {
    return new Route(
        "GET", new PathTemplate(path), Role.VIEWER, Payload.NONE, false, true, endpoint);
  }

  static Route change(String method, String path, Role role, Payload body, Endpoint endpoint) {
    return new Route(method, new PathTemplate(path), role, body, false, false, endpoint);
  }

  /** Refuses requests without If-Match. */
  Route withMatchNeeded() {
    return new Route(method, path, role, body, true, immediate, endpoint);
  }

  boolean reads() {
    return method.equals("GET");
  }
}
