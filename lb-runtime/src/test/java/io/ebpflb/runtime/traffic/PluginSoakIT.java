package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.Options;
import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus.State;
import io.ebpflb.runtime.plugin.OwnClientPlugin;
import io.ebpflb.runtime.service.HealthSnapshot;
import io.ebpflb.testing.DnsServer;
import io.ebpflb.testing.DnsServer.Answer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Plugins are loaded anew again and again under real traffic, and nothing of it stays. */
@Timeout(value = 1200, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PluginSoakIT {
  private static final List<String> PLUGINS =
      List.of("health-http", "dns", "circuit-breaker", "own-client");

  /** Of each plugin. */
  private static final int RELOADS = Checkout.isLongRun() ? 1000 : 100;

  /**
   * More than one generation of all loads: its client with its first check, which may be before or
   * after a look.
   */
  private static final int CLASSES_MAX = 1_500;

  private static final int WARM_UP = 2;
  private static final int TALKERS = 20;
  private static final int CHECKED_PORT = 8081;
  private static final Duration GONE_MAX = Duration.ofSeconds(60);

  @TempDir private Path directory;

  /**
   * What a process has, without what it could give back.
   *
   * @param files descriptors by what they are of, sockets apart
   */
  private record Footprint(
      long threads, long sockets, Map<String, Long> files, long classes, long heapBytes) {
    private static final String SOCKET = "socket:[]";

    static Footprint now() throws Exception {
      System.gc();
      Map<String, Long> descriptors = descriptors();
      long sockets = descriptors.remove(SOCKET);
      return new Footprint(
          ManagementFactory.getThreadMXBean().getThreadCount(),
          sockets,
          descriptors,
          ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(),
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }

    private static Map<String, Long> descriptors() throws IOException {
      try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
        return all.flatMap(Footprint::target)
            .collect(Collectors.groupingBy(kind -> kind, TreeMap::new, Collectors.counting()));
      }
    }

    /** Without numbers, so that all sockets are of one kind, and all copies of one JAR. */
    private static Stream<String> target(Path descriptor) {
      try {
        return Stream.of(Files.readSymbolicLink(descriptor).toString().replaceAll("\\d", ""));
      } catch (IOException closedMeanwhile) {
        return Stream.empty();
      }
    }

    private long fileCount() {
      return files.values().stream().mapToLong(count -> count).sum();
    }
  }

  @Test
  void nothingOfAPluginStaysAndNoConnectionFails() throws Exception {
    try (Topology topology = Topology.create("lbt", 2, Topology.Offloads.NONE);
        Servers servers = new Servers(topology).start(1, 2);
        DnsServer names = nameServer(topology)) {
      assertThat(servers).isNotNull();
      names.answer(question -> backends(topology, question));
      List<HttpServer> checked = List.of(checked(topology, 1), checked(topology, 2));
      Path plugins = plugins();
      Path config = directory.resolve("lb.toml");
      Files.writeString(config, config(topology, names));
      try (LoadBalancer balancer =
          Within.namespace(
              topology.balancer(), () -> LoadBalancer.start(Options.of(config, plugins)))) {
        await("all are up", Duration.ofSeconds(30), () -> isUp(balancer));
        reload(topology, balancer, WARM_UP);
        awaitGone(balancer);
        soak(topology, balancer);
      } finally {
        checked.forEach(server -> server.stop(0));
      }
    }
  }

  private static void soak(Topology topology, LoadBalancer balancer) throws Exception {
    Footprint before = Footprint.now();
    InetSocketAddress web = new InetSocketAddress(topology.balancer().ipv4(), 80);
    InetSocketAddress named = new InetSocketAddress(topology.balancer().ipv4(), 81);
    double seconds;
    int requests;
    try (Talkers talkers = Talkers.begin(topology, TALKERS, web, named)) {
      long beganNanos = System.nanoTime();
      reload(topology, balancer, RELOADS);
      seconds = (System.nanoTime() - beganNanos) / 1e9;
      requests = talkers.finish();
    }
    awaitGone(balancer);
    // What has a finalizer goes with the collection after that.
    await(
        "classes of old generations are gone",
        GONE_MAX,
        () -> Footprint.now().classes() < before.classes() + CLASSES_MAX);
    Footprint after = Footprint.now();
    System.out.printf(
        "%d reloads in %.1f s under %d requests;"
            + " threads %d -> %d, sockets %d -> %d, files %d -> %d, classes %d -> %d, KB %d -> %d%n",
        RELOADS * PLUGINS.size(),
        seconds,
        requests,
        before.threads(),
        after.threads(),
        before.sockets(),
        after.sockets(),
        before.fileCount(),
        after.fileCount(),
        before.classes(),
        after.classes(),
        before.heapBytes() >> 10,
        after.heapBytes() >> 10);
    assertThat(balancer.plugins()).extracting(PluginStatus::state).containsOnly(State.STARTED);
    assertThat(balancer.problem()).isEmpty();
    assertThat(isUp(balancer)).isTrue();
    assertThat(figure(balancer, "lb_plugin_class_loaders_retained")).isZero();
    // The pools of this test and of the JDK breathe; 100 generations of four plugins would show.
    assertThat(after.threads()).isLessThan(before.threads() + 15);
    // Both ends of checks that are under way are of this process.
    assertThat(after.sockets()).isLessThan(before.sockets() + 15);
    assertThat(after.fileCount())
        .as("%s, before %s", after.files(), before.files())
        .isLessThan(before.fileCount() + 5);
    assertThat(after.heapBytes()).isLessThan(before.heapBytes() + (24 << 20));
  }

  private static void reload(Topology topology, LoadBalancer balancer, int times) throws Exception {
    Within.namespace(
        topology.balancer(),
        () -> {
          for (int i = 0; i < times; i++) {
            for (String plugin : PLUGINS) {
              balancer.plugin().reload(plugin);
            }
          }
          return null;
        });
  }

  private static void awaitGone(LoadBalancer balancer) throws Exception {
    await("old generations are gone", GONE_MAX, () -> figure(balancer, "lb_plugin_unloading") == 0);
  }

  private static double figure(LoadBalancer balancer, String family) {
    return balancer.pluginMetrics().stream()
        .filter(each -> each.name().equals(family))
        .flatMap(each -> each.series().stream())
        .mapToDouble(series -> series.value())
        .sum();
  }

  private static boolean isUp(LoadBalancer balancer) {
    return balancer.services().stream()
        .allMatch(
            service ->
                service.backends().size() == 2
                    && service.backends().stream()
                        .allMatch(each -> each.health().state() == HealthSnapshot.State.UP));
  }

  private static void await(String what, Duration atMost, Callable<Boolean> holds)
      throws Exception {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!holds.call()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  /** Those of this checkout, and one that bundles an HTTP client with threads of its own. */
  private Path plugins() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("plugins"));
    for (String plugin : PLUGINS.subList(0, 3)) {
      Path jar = Checkout.root().resolve("plugins").resolve(plugin + ".jar");
      Files.copy(jar, folder.resolve(plugin + ".jar"), StandardCopyOption.COPY_ATTRIBUTES);
    }
    OwnClientPlugin.closing().write(folder.resolve("own-client.jar"));
    return folder;
  }

  private String config(Topology topology, DnsServer names) {
    String check = "health-check = { type = \"%s\", interval = \"500ms\", timeout = \"3s\"%s }";
    return new LbToml(topology, "xdp")
        .service(
            "web",
            Family.IPV4,
            "tcp",
            80,
            check.formatted("http", ", port = " + CHECKED_PORT) + "\ncircuit-breaker = { }",
            1,
            1)
        .tables(
            """
            [[service]]
            name = "named"
            listen = "%s:81"
            %s
            target = [ { host = "web.test", port = %d, refresh = "1s" } ]
            [plugin.dns]
            name-servers = ["%s:%d"]
            """
                .formatted(
                    topology.balancer().ipv4(),
                    check.formatted("own-client", ""),
                    Servers.PORT,
                    topology.balancer().ipv4(),
                    names.address().getPort()))
        .text(directory.resolve("lb.sock"));
  }

  private static DnsServer nameServer(Topology topology) throws Exception {
    return Within.namespace(
        topology.balancer(),
        () -> DnsServer.start(new InetSocketAddress(topology.balancer().ipv4(), 5353)));
  }

  private static Answer backends(Topology topology, DnsServer.Question question) {
    return question.type() != 1
        ? Answer.of()
        : new Answer(
            0,
            Stream.of(1, 2)
                .map(each -> DnsServer.address("web.test", 60, topology.backend(each).ipv4()))
                .toList());
  }

  private static HttpServer checked(Topology topology, int backend) throws Exception {
    return Within.namespace(
        topology.backend(backend),
        () -> {
          InetSocketAddress address =
              new InetSocketAddress(topology.backend(backend).ipv4(), CHECKED_PORT);
          HttpServer server = HttpServer.create(address, 0);
          server.createContext(
              "/",
              exchange -> {
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
              });
          server.start();
          return server;
        });
  }
}
