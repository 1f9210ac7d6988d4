package io.ebpflb.runtime.admin;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
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

  private final Queue<HttpRequest> waiting = new ArrayDeque<>();
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
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    // A request without body is its head alone; what else comes is the end of it.
    if (message instanceof HttpRequest request && !closing) {
      if (answering) {
        waiting.add(request);
      } else {
        receive(context, request);
      }
    }
    ReferenceCountUtil.release(message);
  }

  private void receive(ChannelHandlerContext context, HttpRequest http) {
    answering = true;
    context.channel().config().setAutoRead(false);
    closeAfter(context, limits.replyTimeout());
    Optional<Reply> refusal = rules.findRefusal(http);
    if (refusal.isPresent()) {
      // What follows an unread body or an unreadable head is not a request.
      send(context, refusal.get(), false, false);
      return;
    }
    Request request = Request.of(http);
    boolean keepAlive = HttpUtil.isKeepAlive(http);
    Optional<Reply> immediate = router.findImmediate(request);
    if (immediate.isPresent()) {
      send(context, immediate.get(), request.isHead(), keepAlive && !RequestRules.hasBody(http));
    } else if (workers.isFull()) {
      send(context, busy("too many bytes wait for slow clients"), request.isHead(), keepAlive);
    } else {
      compute(context, request, keepAlive);
    }
  }

  private void compute(ChannelHandlerContext context, Request request, boolean keepAlive) {
    try {
      workers.run(
          () -> {
            Reply reply = router.reply(request);
            context.executor().execute(() -> send(context, reply, request.isHead(), keepAlive));
          });
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
    HttpRequest next = waiting.poll();
    if (next != null) {
      receive(context, next);
      return;
    }
    answering = false;
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
