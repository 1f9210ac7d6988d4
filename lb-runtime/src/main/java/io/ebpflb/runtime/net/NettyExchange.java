package io.ebpflb.runtime.net;

import io.ebpflb.api.Exchange;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** One exchange from connecting to closing. All state is confined to one event loop. */
final class NettyExchange {

  private enum Stage {
    WAITING("while waiting for other exchanges to end"),
    CONNECTING("while connecting"),
    HANDSHAKE("during the TLS handshake"),
    READING("while reading");

    private final String text;

    Stage(String text) {
      this.text = text;
    }
  }

  private final Exchange exchange;
  private final EventLoops loops;
  private final TlsHandlers tls;
  private final Executor callbacks;
  private final Consumer<NettyExchange> ended;
  private final EventLoop loop;
  private final ExchangeFuture<Exchange.Reply> future = new ExchangeFuture<>(this::cancel);
  private final long startNanos = System.nanoTime();
  private final Future<?> timer;

  private Stage stage = Stage.WAITING;
  private Channel channel;
  private byte[] reply = new byte[512];
  private int replyLength;
  private int judgedLength = -1;
  private boolean judging;
  private boolean complete;
  private boolean done;

  /**
   * @param ended called once, on the event loop
   */
  NettyExchange(
      Exchange exchange,
      EventLoops loops,
      TlsHandlers tls,
      Executor callbacks,
      Consumer<NettyExchange> ended) {
    this.exchange = exchange;
    this.loops = loops;
    this.tls = tls;
    this.callbacks = callbacks;
    this.ended = ended;
    this.loop = loops.next();
    this.timer = loop.schedule(this::timedOut, exchange.deadline().toNanos(), TimeUnit.NANOSECONDS);
  }

  CompletableFuture<Exchange.Reply> future() {
    return future;
  }

  void start() {
    onLoop(this::connect);
  }

  /** Any thread; nothing happens if it is over. */
  void cancel() {
    onLoop(() -> fail("cancelled"));
  }

  private void connect() {
    if (done) {
      return;
    }
    stage = Stage.CONNECTING;
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(loops.socketChannel())
            .resolver(NoopAddressResolverGroup.INSTANCE)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
            // Closing sends RST, so that thousands of checks leave no TIME_WAIT behind.
            .option(ChannelOption.SO_LINGER, 0)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(new Reader());
    exchange.source().ifPresent(source -> bootstrap.localAddress(new InetSocketAddress(source, 0)));
    ChannelFuture connecting = bootstrap.connect(exchange.peer());
    channel = connecting.channel();
    connecting.addListener(result -> connected(result));
  }

  private void connected(Future<?> result) {
    if (done) {
      channel.close();
    } else if (!result.isSuccess()) {
      fail(result.cause());
    } else if (exchange.tls().isPresent()) {
      handshake(exchange.tls().get());
    } else {
      send();
    }
  }

  private void handshake(Exchange.Tls settings) {
    stage = Stage.HANDSHAKE;
    try {
      SslHandler handler = tls.create(settings, exchange.peer(), channel.alloc());
      channel.pipeline().addFirst(handler);
      handler
          .handshakeFuture()
          .addListener(result -> shookHands(result, handler, settings.verify()));
    } catch (IOException | RuntimeException e) {
      fail(e);
    }
  }

  private void shookHands(Future<?> result, SslHandler handler, boolean verify) {
    if (!result.isSuccess()) {
      fail(result.cause());
      return;
    }
    try {
      if (verify) {
        TlsHandlers.requireCurrent(handler);
      }
      if (!done) {
        send();
      }
    } catch (CertificateException e) {
      fail(e);
    }
  }

  private void send() {
    stage = Stage.READING;
    if (exchange.until().isEmpty()) {
      finish();
      return;
    }
    byte[] request = exchange.request();
    if (request.length > 0) {
      channel
          .writeAndFlush(Unpooled.wrappedBuffer(request))
          .addListener(
              result -> {
                if (!result.isSuccess()) {
                  fail(result.cause());
                }
              });
    }
    judge();
  }

  private void received(ByteBuf bytes) {
    if (done || complete || exchange.until().isEmpty()) {
      return;
    }
    int taken = Math.min(bytes.readableBytes(), exchange.replyBytesMax() - replyLength);
    if (reply.length < replyLength + taken) {
      int doubled = Math.min(exchange.replyBytesMax(), reply.length * 2);
      reply = Arrays.copyOf(reply, Math.max(replyLength + taken, doubled));
    }
    bytes.readBytes(reply, replyLength, taken);
    replyLength += taken;
    if (replyLength == exchange.replyBytesMax()) {
      complete = true;
      channel.config().setAutoRead(false);
    }
    judge();
  }

  private void peerClosed() {
    if (stage != Stage.READING) {
      fail("closed by the peer " + stage.text);
      return;
    }
    complete = true;
    judge();
  }

  /** Asks the plugin whether the answer is whole: one question at a time, on its own thread. */
  private void judge() {
    if (done || judging) {
      return;
    }
    if (complete) {
      finish();
    } else if (replyLength > 0 && replyLength != judgedLength) {
      judging = true;
      judgedLength = replyLength;
      byte[] soFar = Arrays.copyOf(reply, replyLength);
      Predicate<byte[]> until = exchange.until().orElseThrow();
      callBack(() -> judged(test(until, soFar)));
    }
  }

  /** Empty-handed when it throws: the text is all that is kept of a plugin's exception. */
  private Object test(Predicate<byte[]> until, byte[] soFar) {
    try {
      return until.test(soFar);
    } catch (Throwable t) {
      return "reading the answer failed: " + t.getClass().getSimpleName();
    }
  }

  private void judged(Object verdict) {
    onLoop(
        () -> {
          judging = false;
          if (verdict instanceof String failure) {
            fail(failure);
          } else if (Boolean.TRUE.equals(verdict)) {
            finish();
          } else {
            judge();
          }
        });
  }

  private void finish() {
    if (!done) {
      end();
      Exchange.Reply result =
          Exchange.Reply.of(
              Arrays.copyOf(reply, replyLength), Duration.ofNanos(System.nanoTime() - startNanos));
      callBack(() -> future.complete(result));
    }
  }

  private void timedOut() {
    fail("timed out after " + NetworkErrors.text(exchange.deadline()) + " " + stage.text);
  }

  private void fail(Throwable cause) {
    if (!done) {
      fail(NetworkErrors.text(cause, exchange) + " " + stage.text);
    }
  }

  private void fail(String message) {
    if (!done) {
      end();
      callBack(() -> future.completeExceptionally(new IOException(message)));
    }
  }

  private void end() {
    done = true;
    timer.cancel(false);
    if (channel != null) {
      channel.close();
    }
    ended.accept(this);
  }

  private void onLoop(Runnable step) {
    try {
      loop.execute(step);
    } catch (RejectedExecutionException e) {
      // The loops are closed, and with them every connection.
    }
  }

  private void callBack(Runnable callback) {
    try {
      callbacks.execute(callback);
    } catch (RejectedExecutionException e) {
      // The plugin is closed or floods itself: its fence answers for it.
      if (!done) {
        end();
      }
    }
  }

  private final class Reader extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
      received(bytes);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (!done) {
        peerClosed();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      fail(cause);
    }
  }
}
