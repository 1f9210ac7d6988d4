package io.ebpflb.runtime;

import io.ebpflb.runtime.admin.AdminServer;
import io.ebpflb.runtime.admin.Controls;
import io.ebpflb.runtime.config.ConfigException;
import io.ebpflb.runtime.config.ConfigReading;
import io.ebpflb.runtime.config.ConfigText;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.dataplane.DataPlane;
import io.ebpflb.runtime.metrics.CheckLatencies;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.MetricFamily;
import io.ebpflb.runtime.plugin.PluginDirectory;
import io.ebpflb.runtime.plugin.PluginHost;
import io.ebpflb.runtime.plugin.PluginOperation;
import io.ebpflb.runtime.plugin.Plugins;
import io.ebpflb.runtime.reload.Reload;
import io.ebpflb.runtime.reload.Reloader;
import io.ebpflb.runtime.service.BalancerView;
import io.ebpflb.runtime.service.ControlPlane;
import io.ebpflb.runtime.service.Operations;
import io.ebpflb.runtime.service.ServiceSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running balancer: all parts, wired by hand in the order in which they start, and closed in
 * reverse. Any number can live in one process, each with interfaces of its own.
 */
public final class LoadBalancer implements BalancerView, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LoadBalancer.class);

  private final Instant startedAt;
  private final Deque<Part> running = new ArrayDeque<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private PluginHost plugins;
  private DataPlane dataPlane;
  private volatile ControlPlane control;
  private Reloader reloader;
  private PluginDirectory directory;
  private volatile boolean isForwarding;

  /** Something that was started and is to be closed. */
  private record Part(String name, AutoCloseable part) {}

  private LoadBalancer(Options options) {
    this.startedAt = options.startedAt();
  }

  /**
   * Starts all parts and returns when packets are being forwarded. What was started is closed again
   * if a later part fails.
   *
   * @throws ConfigException if the config file has problems; nothing was touched then
   * @throws io.ebpflb.runtime.dataplane.DataPlaneException if the machine lacks or refuses what
   *     forwarding needs
   * @throws IOException if plugin jars cannot be copied to where they are loaded from
   * @throws io.ebpflb.runtime.admin.AdminException if the admin endpoint cannot be opened
   * @throws io.ebpflb.runtime.plugin.ExtensionException if a plugin that the config uses fails
   */
  public static LoadBalancer start(Options options) throws ConfigException, IOException {
    LoadBalancer balancer = new LoadBalancer(options);
    try {
      balancer.startParts(options);
      return balancer;
    } catch (ConfigException | IOException | RuntimeException | Error e) {
      balancer.close();
      throw e;
    }
  }

  private void startParts(Options options) throws ConfigException, IOException {
    LOG.info("ebpf-lb {} starts with {}", version(), options.config());
    ConfigText text =
        options.text().isPresent()
            ? ConfigText.of(options.config(), options.text().get())
            : ConfigText.read(options.config());
    ConfigReading reading = ConfigReading.begin(text);
    plugins = keep("plugins", PluginHost.load(options.plugins()));
    plugins.onReplan(this::replan);
    plugins.onRefresh(this::refresh);
    Configuration configuration = reading.bind(plugins.catalog());
    CheckLatencies latencies = new CheckLatencies();
    try (Opening opening =
        Opening.begin(() -> options.dataPlane().apply(configuration.dataplane()))) {
      plugins.keepStateIn(pluginStates(configuration.admin().state()));
      plugins.start(configuration.pluginSettings());
      control = keep("services", new ControlPlane(configuration, plugins, latencies));
      dataPlane = keep("data plane", opening.take());
    }
    // Kept twice: its extensions are there before the data plane, its decisions end before it.
    keep("control plane", control).begin(dataPlane);
    reloader = keep("reloader", new Reloader(text, configuration, plugins, control));
    directory = keep("plugin directory", new PluginDirectory(plugins, reloader));
    AdminServer admin =
        AdminServer.open(
            configuration.admin(),
            configuration.metrics(),
            new Controls(this, latencies, operations(), reloader, directory));
    keep("admin endpoint", admin);
    keep("readiness", admin::announceStop);
    control.awaitFirstPlan();
    admin.listen();
    reloader.start(admin::prepare);
    directory.start();
    dataPlane.awaitLoaded();
    isForwarding = true;
    StartReport.log(LOG, configuration.services(), control.services());
    LOG.info("forwarding after {} ms", Duration.between(startedAt, Instant.now()).toMillis());
  }

  private <T extends AutoCloseable> T keep(String name, T part) {
    running.push(new Part(name, part));
    return part;
  }

  /** Beside what operators said of backends. */
  private static Path pluginStates(Path stateFile) {
    String name = stateFile.getFileName().toString().replaceFirst("\\.state\\.json$", "");
    return stateFile.resolveSibling(name + ".plugins");
  }

  /** Plugins may ask before there is something to plan. */
  private void replan() {
    ControlPlane current = control;
    if (current != null) {
      current.replan();
    }
  }

  private void refresh(Set<String> resolvers) {
    ControlPlane current = control;
    if (current != null) {
      current.refresh(resolvers);
    }
  }

  /** Waits until the balancer is closed. */
  public void awaitTermination() throws InterruptedException {
    closed.await();
  }

  /**
   * Stops forwarding and gives everything back: programs, maps, sockets, threads. Idempotent; does
   * not throw.
   */
  @Override
  public synchronized void close() {
    isForwarding = false;
    while (!running.isEmpty()) {
      Part part = running.pop();
      try {
        part.part().close();
      } catch (Exception e) {
        LOG.error("closing the {} failed", part.name(), e);
      }
    }
    closed.countDown();
  }

  @Override
  public String version() {
    return Version.current();
  }

  @Override
  public Instant startedAt() {
    return startedAt;
  }

  @Override
  public boolean isForwarding() {
    return isForwarding;
  }

  @Override
  public Optional<String> problem() {
    return control.problem();
  }

  @Override
  public List<ServiceSnapshot> services() {
    return control.services();
  }

  /** How its config is changed; from when it is forwarding until it is closed. */
  public Reload reloader() {
    return reloader;
  }

  /** What an operator can do to it; from when it is forwarding until it is closed. */
  public Operations operations() {
    return control.operations();
  }

  /** What an operator can do with its plugins; as for operations. */
  public Plugins plugin() {
    return directory;
  }

  @Override
  public List<PluginStatus> plugins() {
    return plugins.plugins();
  }

  @Override
  public List<MetricFamily> pluginMetrics() {
    return plugins.metrics();
  }

  @Override
  public List<PluginOperation> pluginOperations() {
    return plugins.operations();
  }

  @Override
  public DataPlane dataPlane() {
    return dataPlane;
  }
}
