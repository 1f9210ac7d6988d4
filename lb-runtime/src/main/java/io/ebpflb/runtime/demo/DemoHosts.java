package io.ebpflb.runtime.demo;

import io.ebpflb.runtime.dataplane.NetworkNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The demo's network with the processes in it: a server on each backend, and the balancer. */
final class DemoHosts implements AutoCloseable {
  static final int SERVICE_PORT = 80;
  static final int BACKEND_PORT = 8080;

  private static final String BALANCER = "balancer";
  private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
  private static final int STOP_SECONDS = 10;

  private final Topology topology;
  private final TemporaryDirectory directory;
  private final Map<Integer, Process> servers = new HashMap<>();
  private Process balancer;

  private DemoHosts(Topology topology, TemporaryDirectory directory) {
    this.topology = topology;
    this.directory = directory;
  }

  static DemoHosts create(int backends) throws IOException {
    TemporaryDirectory directory = TemporaryDirectory.create("lb-demo-");
    try {
      return new DemoHosts(Topology.create("lb-demo", backends, Topology.Offloads.NONE), directory);
    } catch (IOException | RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  Topology topology() {
    return topology;
  }

  Path adminSocket() {
    return directory.file("lb.sock");
  }

  static String name(int number) {
    return "backend" + number;
  }

  InetSocketAddress service() {
    return new InetSocketAddress(topology.balancer().ipv4(), SERVICE_PORT);
  }

  /** Starts a backend's server and returns when it answers. */
  void startServer(int number) throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            DemoServer.class.getName(),
            name(number),
            Integer.toString(BACKEND_PORT));
    Namespace backend = topology.backend(number);
    servers.put(number, start(backend, command, name(number)));
    awaitAnswer(backend, new InetSocketAddress(backend.ipv4(), BACKEND_PORT), name(number));
  }

  /** As a crash does it: without a goodbye. */
  void killServer(int number) throws InterruptedException {
    servers.get(number).destroyForcibly().waitFor();
  }

  /** Starts the balancer with this config and returns when a request through it is answered. */
  void startBalancer(List<String> command, String config) throws Exception {
    Path file = directory.file("lb.toml");
    Files.writeString(file, config);
    List<String> whole = new ArrayList<>(command);
    whole.addAll(List.of("run", "-c", file.toString()));
    balancer = start(topology.balancer(), whole, BALANCER);
    awaitAnswer(topology.client(), service(), BALANCER);
  }

  List<String> balancerLog() throws IOException {
    return Files.readAllLines(log(BALANCER));
  }

  /** Ends the balancer as a service manager does, and returns its exit code. */
  int stopBalancer() throws InterruptedException {
    balancer.destroy();
    return balancer.waitFor(STOP_SECONDS, TimeUnit.SECONDS) ? balancer.exitValue() : -1;
  }

  private Process start(Namespace where, List<String> command, String name) throws IOException {
    return where
        .program(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()))
        .start();
  }

  private Path log(String name) {
    return directory.file(name + ".log");
  }

  private void awaitAnswer(Namespace from, InetSocketAddress server, String who) throws Exception {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    NetworkNamespace.enter(
        from.name(),
        () -> {
          while (!answers(server)) {
            if (System.nanoTime() > deadline || hasEnded(who)) {
              throw new IOException(
                  "the %s does not answer; it said:%n%s"
                      .formatted(who, Files.readString(log(who)).strip()));
            }
            Thread.sleep(5);
          }
          return null;
        });
  }

  private boolean hasEnded(String who) {
    return who.equals(BALANCER) && balancer != null && !balancer.isAlive();
  }

  private static boolean answers(InetSocketAddress server) {
    try (HttpConnection connection = new HttpConnection(server)) {
      connection.get();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    if (balancer != null) {
      balancer.destroy();
    }
    // Which ends what still runs within.
    topology.close();
    directory.close();
  }
}
