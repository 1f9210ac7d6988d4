package io.ebpflb.runtime.admin;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslContext;
import java.util.Optional;

/** What a request must be like, whatever its path, and who sends it. One for each listener. */
interface RequestRules {

  /** What new connections are secured by. */
  Optional<SslContext> tls();

  /** Why a request is refused that is HTTP. */
  Optional<String> findObjection(HttpRequest request);

  /**
   * Who sends what comes by this listener.
   *
   * @throws ProblemException if that is not known and must be
   */
  Caller caller(HttpRequest request, Channel channel);

  /** The response to a request that is not to be looked at any further; the connection ends. */
  default Optional<Reply> findRefusal(HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return Optional.of(unreadable(request.decoderResult().cause()));
    }
    HttpVersion version = request.protocolVersion();
    if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
      return refusal(
          HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "HTTP/1.1 and HTTP/1.0 are spoken here");
    }
    int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
    if (hosts > 1 || hosts == 0 && version.equals(HttpVersion.HTTP_1_1)) {
      return refusal(HttpResponseStatus.BAD_REQUEST, "there must be one Host header");
    }
    return findObjection(request)
        .flatMap(objection -> refusal(HttpResponseStatus.FORBIDDEN, objection));
  }

  static boolean hasBody(HttpRequest request) {
    return HttpUtil.isTransferEncodingChunked(request)
        || HttpUtil.isContentLengthSet(request)
            && !request.headers().get(HttpHeaderNames.CONTENT_LENGTH).strip().equals("0");
  }

  private static Reply unreadable(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return Reply.problem(
          HttpResponseStatus.REQUEST_URI_TOO_LONG,
          "the request line has more than " + Limits.LINE_BYTES_MAX + " bytes");
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return Reply.problem(
          HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
          "the headers have more than " + Limits.HEADERS_BYTES_MAX + " bytes");
    }
    return Reply.problem(HttpResponseStatus.BAD_REQUEST, "this is not an HTTP request");
  }

  private static Optional<Reply> refusal(HttpResponseStatus status, String detail) {
    return Optional.of(Reply.problem(status, detail));
  }
}
