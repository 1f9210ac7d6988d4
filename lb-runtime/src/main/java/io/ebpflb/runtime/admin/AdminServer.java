package io.ebpflb.runtime.admin;

import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.config.ConfigException;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.config.Configuration.AdminSettings;
import io.ebpflb.runtime.config.Configuration.MetricsSettings;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The balancer over HTTP: on a unix socket and, if asked, on a TCP port. Any thread may call it.
 */
public final class AdminServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger("admin");
  private static final long CLOSE_TIMEOUT_MILLIS = 1000;

  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("admin", true), NioIoHandler.newFactory());
  private final Workers workers;
  private final Readiness readiness;
  private final Router router;
  private final Limits limits;
  private final AuditLog audit;
  private final Controls controls;

  /** Those that it was opened with: where it listens takes a restart. */
  private final AdminSettings settings;

  private SocketFile socketFile;
  private Channel tcp;
  private Optional<TcpRules> tcpRules = Optional.empty();

  private AdminServer(
      Controls controls,
      AdminSettings settings,
      String metricsPath,
      Limits limits,
      AuditLog audit) {
    this.controls = controls;
    this.settings = settings;
    this.limits = limits;
    this.audit = audit;
    this.workers = new Workers(limits.unsentBytesMax());
    this.readiness = new Readiness(controls.balancer());
    this.router = new Router(routes(metricsPath), audit);
  }

  private List<Route> routes(String metricsPath) {
    return Routes.of(controls, readiness, metricsPath, Clock.systemUTC());
  }

  /**
   * Makes all that it needs; nobody can connect before {@link #listen}.
   *
   * @param controls called whenever a request asks for it
   * @throws AdminException if the unix socket is not to be had; then nothing is left behind
   */
  public static AdminServer open(AdminSettings admin, MetricsSettings metrics, Controls controls) {
    return open(admin, metrics, controls, Limits.DEFAULT);
  }

  static AdminServer open(
      AdminSettings admin, MetricsSettings metrics, Controls controls, Limits limits) {
    AuditLog audit = AuditLog.open(admin.auditLog(), Clock.systemUTC());
    AdminServer server = new AdminServer(controls, admin, metrics.path(), limits, audit);
    server.closedIfRefused(server::bindUnix);
    return server;
  }

  /**
   * Takes connections from now on.
   *
   * @return this
   * @throws AdminException if an address is not to be had; then nothing is left behind
   */
  public AdminServer listen() {
    closedIfRefused(
        () -> {
          settings.listen().ifPresent(this::listenTcp);
          socketFile.publish();
        });
    String scheme = settings.tlsKey().isPresent() ? "https" : "http";
    LOG.info(
        "admin endpoint on unix:{}{}",
        settings.socket(),
        tcpAddress().map(address -> " and " + scheme + "://" + text(address)).orElse(""));
    return this;
  }

  private void closedIfRefused(Runnable step) {
    try {
      step.run();
    } catch (AdminException refused) {
      close();
      throw refused;
    }
  }

  /**
   * Reads anew what may change while it listens: tokens, certificate, key, audit log and the path
   * of the metrics. Changes nothing yet.
   *
   * @return puts it in force; does not throw
   * @throws ConfigException if a file is not to be had, or not usable
   */
  public Runnable prepare(Configuration next) throws ConfigException {
    try {
      return prepare(next.admin(), next.metrics());
    } catch (AdminException unusable) {
      String problem = next.file() + ": " + unusable.getMessage();
      throw new ConfigException(problem, List.of(problem));
    }
  }

  Runnable prepare(AdminSettings admin, MetricsSettings metrics) {
    Optional<TcpRules.Identity> identity = tcpRules.map(rules -> TcpRules.Identity.read(admin));
    audit.check(admin.auditLog());
    List<Route> routes = routes(metrics.path());
    return () -> {
      tcpRules.ifPresent(rules -> rules.continueAs(identity.orElseThrow()));
      audit.continueIn(admin.auditLog());
      router.route(routes);
    };
  }

  /** The TCP address, with the port that was chosen if the config asked for port 0. */
  public Optional<InetSocketAddress> tcpAddress() {
    return Optional.ofNullable(tcp).map(channel -> (InetSocketAddress) channel.localAddress());
  }

  /** From now on {@code /ready} says no, so that a router in front sends connections elsewhere. */
  public void announceStop() {
    readiness.stop();
  }

  @Override
  public void close() {
    if (socketFile != null) {
      socketFile.delete();
    }
    workers.close();
    loop.shutdownGracefully(0, CLOSE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSE_TIMEOUT_MILLIS);
  }

  private void bindUnix() {
    socketFile = SocketFile.prepare(settings.socket());
    ChannelFuture bound =
        bind(NioServerDomainSocketChannel.class, new UnixRules(), socketFile.bindAddress());
    if (!bound.isSuccess()) {
      throw socketFile.failure(
          bound.cause().getMessage(), "run as root or choose another for [admin] socket");
    }
  }

  /** The config was refused if what others can reach had neither token nor TLS. */
  private void listenTcp(InetSocketAddress address) {
    TcpRules rules =
        new TcpRules(
            TcpRules.Identity.read(settings), !address.getAddress().isLoopbackAddress(), audit);
    ChannelFuture bound = bind(NioServerSocketChannel.class, rules, address);
    if (!bound.isSuccess()) {
      throw new AdminException(
          "open the admin endpoint "
              + text(address)
              + ": "
              + bound.cause().getMessage()
              + "; stop what listens there or choose another port for [admin] listen");
    }
    tcp = bound.channel();
    tcpRules = Optional.of(rules);
  }

  private static String text(InetSocketAddress address) {
    return Endpoints.format(address.getAddress(), address.getPort());
  }

  private ChannelFuture bind(
      Class<? extends ServerChannel> type, RequestRules rules, SocketAddress address) {
    return new ServerBootstrap()
        .group(loop)
        .channel(type)
        .childOption(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
        .childHandler(new ConnectionInitializer(router, workers, limits, rules))
        .bind(address)
        .awaitUninterruptibly();
  }
}
