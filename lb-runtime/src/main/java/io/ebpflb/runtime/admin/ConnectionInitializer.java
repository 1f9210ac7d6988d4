package io.ebpflb.runtime.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DuplexChannelConfig;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Sets up the connections of one listener and counts them. */
final class ConnectionInitializer extends ChannelInitializer<Channel> {

  private static final byte[] FULL =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final Router router;
  private final Workers workers;
  private final Limits limits;
  private final RequestRules rules;
  private final AtomicInteger connections = new AtomicInteger();

  ConnectionInitializer(Router router, Workers workers, Limits limits, RequestRules rules) {
    this.router = router;
    this.workers = workers;
    this.limits = limits;
    this.rules = rules;
  }

  @Override
  protected void initChannel(Channel channel) {
    channel.closeFuture().addListener(closed -> connections.decrementAndGet());
    if (connections.incrementAndGet() > limits.connectionsMax()) {
      channel.pipeline().addLast(new Refusal());
      return;
    }
    if (channel.config() instanceof DuplexChannelConfig duplex) {
      // Not as a child option: channels of unix sockets know it by this method alone.
      duplex.setAllowHalfClosure(true);
    }
    rules
        .tls()
        .ifPresent(context -> channel.pipeline().addLast(context.newHandler(channel.alloc())));
    HttpDecoderConfig decoder =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(Limits.LINE_BYTES_MAX)
            .setMaxHeaderSize(Limits.HEADERS_BYTES_MAX);
    channel
        .pipeline()
        .addLast(new HttpServerCodec(decoder))
        .addLast(new Connection(router, workers, limits, rules));
  }

  private static final class Refusal extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.writeAndFlush(Unpooled.wrappedBuffer(FULL)).addListener(ChannelFutureListener.CLOSE);
    }
  }
}
