package io.ebpflb.runtime.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Map;

/** A request that is refused; becomes a response with a body by RFC 9457. */
final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient HttpResponseStatus status;
  private final transient Map<CharSequence, String> headers;
  private final transient List<String> errors;

  ProblemException(HttpResponseStatus status, String detail) {
    this(status, detail, Map.of(), List.of());
  }

  /**
   * @param errors all that is wrong, if it is more than one sentence can say
   */
  ProblemException(
      HttpResponseStatus status,
      String detail,
      Map<CharSequence, String> headers,
      List<String> errors) {
    super(detail, null, false, false);
    this.status = status;
    this.headers = headers;
    this.errors = errors;
  }

  static ProblemException badRequest(String detail) {
    return new ProblemException(HttpResponseStatus.BAD_REQUEST, detail);
  }

  static ProblemException notFound(String detail) {
    return new ProblemException(HttpResponseStatus.NOT_FOUND, detail);
  }

  static ProblemException methodNotAllowed(String method, String allowed) {
    return new ProblemException(
        HttpResponseStatus.METHOD_NOT_ALLOWED,
        "here is no " + method + ", only " + allowed,
        Map.of(HttpHeaderNames.ALLOW, allowed),
        List.of());
  }

  HttpResponseStatus status() {
    return status;
  }

  Reply reply() {
    return Reply.problem(status, getMessage(), errors).with(headers);
  }
}
