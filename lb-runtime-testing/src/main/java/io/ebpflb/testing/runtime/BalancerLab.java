package io.ebpflb.testing.runtime;

import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.Options;
import io.ebpflb.runtime.dataplane.NetworkNamespace;
import io.ebpflb.runtime.demo.Topology;
import io.ebpflb.runtime.reload.ReloadResult;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The real balancer, forwarding real packets between a client and backends, each in a network
 * namespace of its own: what a plugin does to traffic, seen from a JUnit test.
 *
 * <pre>{@code
 * try (BalancerLab lab = BalancerLab.create(2).withPlugin(Path.of("target/my-plugin.jar"))) {
 *   lab.listen(1, 8080);
 *   lab.listen(2, 8080);
 *   lab.start("""
 *       [[service]]
 *       name = "web"
 *       listen = "%s:80"
 *       my-modifier = { share = 20 }
 *       target = [ { address = "%s:8080" }, { address = "%s:8080" } ]
 *       """.formatted(lab.serviceAddress(), lab.backendAddress(1), lab.backendAddress(2)));
 *   assertThat(lab.connect(80).answeredBy()).hasValue(1);
 * }
 * }</pre>
 *
 * <p>Needs Linux, root, libbpf, iproute2 and ethtool. Several may exist at a time. For one thread.
 */
public final class BalancerLab implements AutoCloseable {
  private final Topology topology;
  private final Path directory;
  private final Path plugins;
  private final Deque<Closeable> servers = new ArrayDeque<>();
  private LoadBalancer balancer;

  private BalancerLab(Topology topology, Path directory) throws IOException {
    this.topology = topology;
    this.directory = directory;
    this.plugins = Files.createDirectory(directory.resolve("plugins"));
  }

  /**
   * Makes the namespaces and the links between them.
   *
   * @param backends from 1
   * @throws IOException if the system refuses; then nothing is left behind
   */
  public static BalancerLab create(int backends) throws IOException {
    Topology topology = Topology.create("lblab", backends, Topology.Offloads.NONE);
    try {
      return new BalancerLab(topology, Files.createTempDirectory("lb-lab-"));
    } catch (IOException | RuntimeException e) {
      topology.close();
      throw e;
    }
  }

  /** Puts a plugin's JAR where the balancer looks for it; before or after {@link #start}. */
  public BalancerLab withPlugin(Path jar) throws IOException {
    Path part = plugins.resolve("." + jar.getFileName() + ".part");
    Files.copy(jar, part);
    Files.move(part, plugins.resolve(jar.getFileName()));
    return this;
  }

  /** The directory of plugin JARs. */
  public Path plugins() {
    return plugins;
  }

  /** Whose ports clients connect to: what {@code listen} names. */
  public String serviceAddress() {
    return topology.balancer().ipv4();
  }

  /**
   * @param number from 1
   */
  public String backendAddress(int number) {
    return topology.backend(number).ipv4();
  }

  /**
   * Starts the balancer and returns when it forwards.
   *
   * @param services the config without {@code [dataplane]} and {@code [admin]}
   * @throws Exception as {@link LoadBalancer#start}
   */
  public LoadBalancer start(String services) throws Exception {
    Path config = directory.resolve("lb.toml");
    Files.writeString(config, config(services));
    balancer =
        NetworkNamespace.enter(
            topology.balancer().name(), () -> LoadBalancer.start(Options.of(config, plugins)));
    return balancer;
  }

  /**
   * Gives the running balancer another config.
   *
   * @param services as in {@link #start}
   * @throws IllegalArgumentException with all that is wrong with it, if it is refused
   */
  public void reload(String services) throws Exception {
    ReloadResult result =
        NetworkNamespace.enter(
            topology.balancer().name(), () -> balancer.reloader().apply(config(services), "test"));
    if (result.isRefused()) {
      throw new IllegalArgumentException(String.join("\n", result.problems()));
    }
  }

  private String config(String services) {
    String links =
        topology.balancerLinks().stream()
            .map("\"%s\""::formatted)
            .collect(Collectors.joining(", "));
    return """
        [dataplane]
        interfaces = [%s]
        hook = "xdp"
        max-flows = 16384
        [admin]
        socket = "%s"
        %s
        """
        .formatted(links, adminSocket(), services);
  }

  /** The balancer, once it was started. */
  public LoadBalancer balancer() {
    return balancer;
  }

  /**
   * A server on a backend that answers each connection with the backend's number and closes it.
   * Closing it makes the port refuse connections.
   */
  public Closeable listen(int backend, int port) throws Exception {
    InetAddress address = InetAddress.getByName(backendAddress(backend));
    NumberServer server =
        asBackend(
            backend, () -> NumberServer.listen(new InetSocketAddress(address, port), backend));
    servers.push(server);
    return server;
  }

  /** The unix socket of the balancer's admin API, for {@code --socket}. */
  public Path adminSocket() {
    return directory.resolve("lb.sock");
  }

  /**
   * Runs a task as a backend's host would: its sockets are the backend's, also after it has ended.
   *
   * @param number from 1
   */
  public <T> T asBackend(int number, Callable<T> task) throws Exception {
    return NetworkNamespace.enter(topology.backend(number).name(), task);
  }

  /** Runs a task as the client's host would: its sockets are the client's. */
  public <T> T asClient(Callable<T> task) throws Exception {
    return NetworkNamespace.enter(topology.client().name(), task);
  }

  /** One new connection of the client's to a port of the service address. */
  public Connection connect(int port) throws Exception {
    InetSocketAddress service = new InetSocketAddress(serviceAddress(), port);
    return asClient(() -> Connection.to(service));
  }

  /** That many connections, one after the other. */
  public List<Connection> connect(int port, int times) throws Exception {
    InetSocketAddress service = new InetSocketAddress(serviceAddress(), port);
    return asClient(() -> Stream.generate(() -> Connection.to(service)).limit(times).toList());
  }

  /**
   * Waits until something holds.
   *
   * @throws AssertionError if it does not within the time
   */
  public static void await(String what, Duration atMost, Callable<Boolean> holds) throws Exception {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!holds.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + atMost.toMillis() + " ms: " + what);
      }
      Thread.sleep(20);
    }
  }

  /** Stops the balancer and the servers, and removes namespaces and files. */
  @Override
  public void close() throws IOException {
    try (topology) {
      if (balancer != null) {
        balancer.close();
      }
      while (!servers.isEmpty()) {
        servers.pop().close();
      }
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
