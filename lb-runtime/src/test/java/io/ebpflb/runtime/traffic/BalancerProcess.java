package io.ebpflb.runtime.traffic;

import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The real program, started by the launcher in a topology's balancer namespace. */
final class BalancerProcess implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final long START_SECONDS = 60;
  private static final long STOP_SECONDS = 60;

  private final Process process;
  private final Path log;
  private final Path socket;
  private final Path config;

  private BalancerProcess(Process process, Path log, Path socket, Path config) {
    this.config = config;
    this.process = process;
    this.log = log;
    this.socket = socket;
  }

  /** Starts it and returns when it forwards and can be asked. */
  static BalancerProcess start(Topology topology, LbToml config) throws Exception {
    BalancerProcess balancer = launch(topology, config, List.of(), Map.of());
    balancer.awaitLog("forwarding after");
    return balancer;
  }

  /** The same with the plugins of this checkout. */
  static BalancerProcess startWithPlugins(Topology topology, LbToml config) throws Exception {
    return startWithPlugins(topology, config, Checkout.root().resolve("plugins"));
  }

  /** The same with the plugins of a directory. */
  static BalancerProcess startWithPlugins(Topology topology, LbToml config, Path plugins)
      throws Exception {
    BalancerProcess balancer = launch(topology, config, plugins, List.of(), Map.of());
    balancer.awaitLog("forwarding after");
    return balancer;
  }

  /**
   * Starts it and returns at once.
   *
   * @param wrapper a program and arguments that start what follows
   */
  static BalancerProcess launch(
      Topology topology, LbToml config, List<String> wrapper, Map<String, String> environment)
      throws IOException {
    // Most tests use what is built in.
    Path none = Checkout.scratch().resolve("no-plugins");
    return launch(topology, config, none, wrapper, environment);
  }

  private static BalancerProcess launch(
      Topology topology,
      LbToml config,
      Path plugins,
      List<String> wrapper,
      Map<String, String> environment)
      throws IOException {
    String name =
        "balancer-%d-%d".formatted(ProcessHandle.current().pid(), COUNT.incrementAndGet());
    Path socket = Path.of("/tmp", "lbt-" + name + ".sock");
    Path file = Checkout.scratch().resolve(name + ".toml");
    Path log = Checkout.scratch().resolve(name + ".log");
    Files.writeString(file, config.text(socket));
    List<String> command = new ArrayList<>(wrapper);
    // Tests under nohup would have it ignored, which programs inherit.
    command.addAll(List.of("env", "--default-signal=HUP"));
    command.addAll(List.of(Checkout.launcher(), "run", "-c", file.toString()));
    command.addAll(List.of("--plugins", plugins.toString()));
    ProcessBuilder builder = topology.balancer().program(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(log.toFile()).start();
    return new BalancerProcess(process, log, socket, file);
  }

  /** Waits until this text is in its log. */
  void awaitLog(String text) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!log().contains(text)) {
      if (System.nanoTime() > deadline || !process.isAlive()) {
        process.destroyForcibly();
        throw new IOException("\"" + text + "\" was not logged, but:\n" + log());
      }
      Thread.sleep(5);
    }
  }

  /** Replaces its config file, which it is not told. */
  void rewriteConfig(LbToml replacement) throws IOException {
    Files.writeString(config, replacement.text(socket));
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  AdminClient admin() {
    return new AdminClient(socket);
  }

  long pid() {
    return process.pid();
  }

  /** SIGTERM, and the exit code. */
  int stop() throws Exception {
    process.destroy();
    return exitCode();
  }

  int exitCode() throws Exception {
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("does not end; it said:\n" + log());
    }
    return process.exitValue();
  }

  @Override
  public void close() throws IOException {
    try {
      process.destroy();
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
    Files.deleteIfExists(socket);
  }
}
