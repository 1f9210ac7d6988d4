package io.ebpflb.runtime.admin;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Date;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One client: requests one after the other. While one is answered nothing is read, so that only
 * those pipelined ones wait here that came in the same read; the codec ends a connection with more
 * than 128. All on the connection's event loop but the computing.
 */
final class Connection extends ChannelInboundHandlerAdapter {

  private final Router router;
  private final Workers workers;
  private final Limits limits;
  private final RequestRules rules;

  private final Queue<HttpObject> waiting = new ArrayDeque<>();
  private Incoming incoming;
  private Future<?> deadline;
  private boolean answering;
  private boolean closing;
  private boolean inputEnded;

  Connection(Router router, Workers workers, Limits limits, RequestRules rules) {
    this.router = router;
    this.workers = workers;
    this.limits = limits;
    this.rules = rules;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    closeAfter(context, limits.requestTimeout());
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    deadline.cancel(false);
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (closing || !context.channel().isActive()) {
      ReferenceCountUtil.release(message);
    } else if (answering) {
      waiting.add((HttpObject) message);
    } else {
      receive(context, (HttpObject) message);
    }
  }

  private void receive(ChannelHandlerContext context, HttpObject message) {
    try {
      if (message instanceof HttpRequest request) {
        begin(context, request);
      } else if (incoming != null && message instanceof HttpContent content) {
        collect(context, content);
      }
    } catch (ProblemException refused) {
      // What follows an unread body or an unreadable head is not a request.
      boolean isHead = message instanceof HttpRequest head && head.method().equals(HttpMethod.HEAD);
      answer(context);
      refuse(context, refused, isHead);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /** Who guesses tokens has to wait for each answer, and to connect again. */
  private void refuse(ChannelHandlerContext context, ProblemException refused, boolean isHead) {
    Runnable reply = () -> send(context, refused.reply(), isHead, false);
    if (refused.status().equals(HttpResponseStatus.UNAUTHORIZED)) {
      long pauseMillis = limits.refusalPause().toMillis();
      context.executor().schedule(reply, pauseMillis, TimeUnit.MILLISECONDS);
    } else {
      reply.run();
    }
  }

  private void begin(ChannelHandlerContext context, HttpRequest http) {
    Optional<Reply> refusal = rules.findRefusal(http);
    if (refusal.isPresent()) {
      answer(context);
      send(context, refusal.get(), false, false);
      return;
    }
    boolean hasBody = RequestRules.hasBody(http);
    Request request = Request.of(http, rules.caller(http, context.channel()));
    boolean keepAlive = HttpUtil.isKeepAlive(http);
    Router.Match match;
    try {
      match = router.find(request, hasBody);
    } catch (ProblemException refused) {
      answer(context);
      send(context, refused.reply(), request.isHead(), keepAlive && !hasBody);
      return;
    }
    incoming = new Incoming(match, request, keepAlive);
    if (!hasBody) {
      complete(context);
    } else {
      incoming.expect(HttpUtil.getContentLength(http, 0L));
      if (HttpUtil.is100ContinueExpected(http)) {
        context.writeAndFlush(
            new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
      }
    }
  }

  private void collect(ChannelHandlerContext context, HttpContent content) {
    if (content.decoderResult().isFailure()) {
      throw ProblemException.badRequest("the body is malformed");
    }
    incoming.add(content.content());
    if (content instanceof LastHttpContent) {
      complete(context);
    }
  }

  /** The whole request is there. */
  private void complete(ChannelHandlerContext context) {
    answer(context);
    Incoming whole = incoming;
    incoming = null;
    Request request = whole.request();
    if (whole.match().route().immediate()) {
      send(context, router.reply(whole.match(), request), request.isHead(), whole.keepAlive());
    } else if (workers.isFull()) {
      Reply busy = busy("too many bytes wait for slow clients");
      send(context, busy, request.isHead(), whole.keepAlive());
    } else {
      compute(context, whole, request);
    }
  }

  /** From here on nothing is read until the response is sent. */
  private void answer(ChannelHandlerContext context) {
    answering = true;
    context.channel().config().setAutoRead(false);
    closeAfter(context, limits.replyTimeout());
  }

  private void compute(ChannelHandlerContext context, Incoming whole, Request request) {
    Runnable task =
        () -> {
          Reply reply = router.reply(whole.match(), request);
          context
              .executor()
              .execute(() -> send(context, reply, request.isHead(), whole.keepAlive()));
        };
    try {
      if (whole.match().route().reads()) {
        workers.read(task);
      } else {
        workers.change(task);
      }
    } catch (RejectedExecutionException stopped) {
      send(context, busy("stopping"), request.isHead(), false);
    }
  }

  private static Reply busy(String reason) {
    return Reply.problem(HttpResponseStatus.SERVICE_UNAVAILABLE, reason)
        .with(HttpHeaderNames.RETRY_AFTER, "1");
  }

  private void send(
      ChannelHandlerContext context, Reply reply, boolean headOnly, boolean keepAlive) {
    if (!context.channel().isActive()) {
      return;
    }
    closing = !keepAlive;
    long length = headOnly ? 0 : reply.body().length();
    workers.addUnsent(length);
    context.write(head(reply, keepAlive));
    if (!headOnly) {
      for (ByteBuf piece : reply.body().pieces()) {
        context.write(new DefaultHttpContent(piece));
      }
    }
    ChannelFuture sent = context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    sent.addListener(
        done -> {
          workers.addUnsent(-length);
          if (!keepAlive || !done.isSuccess()) {
            context.close();
          } else {
            // Not from here: a queue of pipelined requests would recurse once for each.
            context.executor().execute(() -> awaitNext(context));
          }
        });
  }

  private void awaitNext(ChannelHandlerContext context) {
    answering = false;
    while (!answering && !waiting.isEmpty()) {
      receive(context, waiting.poll());
    }
    if (answering) {
      return;
    }
    if (inputEnded) {
      context.close();
    } else {
      closeAfter(context, limits.requestTimeout());
      context.channel().config().setAutoRead(true);
    }
  }

  private static HttpResponse head(Reply reply, boolean keepAlive) {
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, reply.status());
    head.headers()
        .set(HttpHeaderNames.DATE, DateFormatter.format(new Date()))
        .set(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
        .set(HttpHeaderNames.CONTENT_LENGTH, reply.body().length())
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .set(HttpHeaderNames.CONNECTION, keepAlive ? "keep-alive" : "close")
        .set("X-Content-Type-Options", "nosniff");
    reply.headers().forEach(head.headers()::set);
    return head;
  }

  private void closeAfter(ChannelHandlerContext context, Duration timeout) {
    if (deadline != null) {
      deadline.cancel(false);
    }
    deadline =
        context
            .executor()
            .schedule(() -> context.close(), timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** A client that sends no more may still wait for responses. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      if (!answering) {
        context.close();
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
