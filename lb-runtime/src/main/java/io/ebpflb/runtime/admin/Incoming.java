package io.ebpflb.runtime.admin;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A request whose route is known and whose body is being received. */
final class Incoming {

  private final Router.Match match;
  private final Request head;
  private final boolean keepAlive;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);

  Incoming(Router.Match match, Request head, boolean keepAlive) {
    this.match = match;
    this.head = head;
    this.keepAlive = keepAlive;
  }

  Router.Match match() {
    return match;
  }

  boolean keepAlive() {
    return keepAlive;
  }

  /**
   * @throws ProblemException if the body that was announced is too long
   */
  void expect(long bytes) {
    int bytesMax = match.route().body().bytesMax();
    if (bytes > bytesMax) {
      throw new ProblemException(
          HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
          "the body has more than " + bytesMax + " bytes");
    }
  }

  /**
   * @throws ProblemException if the body becomes too long by it
   */
  void add(ByteBuf content) {
    expect((long) body.size() + content.readableBytes());
    try {
      content.readBytes(body, content.readableBytes());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** With the body that has come. */
  Request request() {
    return head.with(match.parameters(), body.toByteArray());
  }
}
