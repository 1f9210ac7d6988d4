package io.ebpflb.runtime.net;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that do network exchanges, shared by all plugins and made at first use. Thread-safe.
 */
public final class EventLoops implements AutoCloseable {
  private static final long CLOSE_SECONDS = 2;

  /** Longer than any question may take by its own deadline. */
  private static final long DNS_TIMEOUT_MILLIS = 60_000;

  private final int threads;
  private final Executor starter;
  private EventLoopGroup group;
  private DnsNameResolver dns;
  private boolean closed;

  /**
   * @param threads one does some thousand checks a second
   */
  public EventLoops(int threads) {
    this(threads, Runnable::run);
  }

  /**
   * @param starter where the threads are started: they keep the class loader of whoever does
   */
  public EventLoops(int threads, Executor starter) {
    this.threads = threads;
    this.starter = starter;
  }

  synchronized EventLoop next() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    if (group == null) {
      group =
          new MultiThreadIoEventLoopGroup(
              threads, new DefaultThreadFactory("lb-net", true), ioHandler());
      CompletableFuture.runAsync(this::startThreads, starter).join();
    }
    return group.next();
  }

  private void startThreads() {
    group.forEach(loop -> loop.submit(() -> {}).syncUninterruptibly());
  }

  /** Asks name servers; keeps nothing of what they answer. */
  synchronized DnsNameResolver dns() {
    if (dns == null) {
      dns =
          new DnsNameResolverBuilder(next())
              .datagramChannelType(
                  Epoll.isAvailable() ? EpollDatagramChannel.class : NioDatagramChannel.class)
              .socketChannelType(socketChannel())
              // Another source port for each question: an answer is harder to forge.
              .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
              .resolveCache(NoopDnsCache.INSTANCE)
              .cnameCache(NoopDnsCnameCache.INSTANCE)
              .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
              .queryTimeoutMillis(DNS_TIMEOUT_MILLIS)
              .build();
    }
    return dns;
  }

  Class<? extends SocketChannel> socketChannel() {
    return Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  private static IoHandlerFactory ioHandler() {
    return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  }

  /** Ends what is under way. Not to be called on one of its own threads. */
  @Override
  public synchronized void close() {
    closed = true;
    if (dns != null) {
      dns.close();
    }
    if (group != null) {
      group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }
}
