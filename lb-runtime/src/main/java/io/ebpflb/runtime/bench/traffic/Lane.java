package io.ebpflb.runtime.bench.traffic;

import io.ebpflb.runtime.demo.Namespace;
import io.ebpflb.runtime.demo.TemporaryDirectory;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * One contender in a network of its own, with backends and a client: ready to be measured, and next
 * to idle while another is. The client runs on one CPU and the backends on another.
 */
final class Lane implements AutoCloseable {
  static final int BACKENDS = 3;

  private static final int CLIENT_CPU = 0;
  private static final int BACKEND_CPU =
      Math.min(1, Runtime.getRuntime().availableProcessors() - 1);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
  private static final long POLL_MILLIS = 5;

  /**
   * bbr would hide loss. Ports in TIME_WAIT are used again: otherwise the kernel tries one after
   * the other, and 32,000 of them would stop the client for seconds.
   */
  private static final String TUNE =
      "echo reno >/proc/sys/net/ipv4/tcp_congestion_control;"
          + " echo '1024 65535' >/proc/sys/net/ipv4/ip_local_port_range;"
          + " echo 1 >/proc/sys/net/ipv4/tcp_tw_reuse";

  private final Contender contender;
  private final Topology topology;
  private final TemporaryDirectory directory;
  private AutoCloseable balancer = () -> {};

  private Lane(Contender contender, Topology topology, TemporaryDirectory directory) {
    this.contender = contender;
    this.topology = topology;
    this.directory = directory;
  }

  /**
   * Starts everything and waits until a request is answered.
   *
   * @param balancerCommand what starts ebpf-lb when {@code run -c FILE} is appended
   * @throws IOException if a part does not start; then nothing is left behind
   */
  static Lane open(Contender contender, Setting setting, List<String> balancerCommand)
      throws Exception {
    TemporaryDirectory directory = TemporaryDirectory.create("lb-bench-");
    try {
      Topology topology = Topology.create("lb-traffic", BACKENDS, setting.offloads);
      Lane lane = new Lane(contender, topology, directory);
      try {
        lane.prepare(setting, balancerCommand);
        return lane;
      } catch (Exception e) {
        lane.close();
        throw e;
      }
    } catch (IOException e) {
      directory.close();
      throw e;
    }
  }

  private void prepare(Setting setting, List<String> balancerCommand) throws Exception {
    List<Namespace> all = new ArrayList<>(topology.backends());
    Collections.addAll(all, topology.client(), topology.balancer());
    for (Namespace namespace : all) {
      namespace.run("sh", "-c", TUNE);
    }
    if (setting == Setting.WIRE) {
      for (String link : topology.balancerLinks()) {
        // Proxies send from here: a cable carries no packets of 64 KB from them either.
        topology.balancer().run("ethtool", "-K", link, "tx", "off");
      }
    }
    if (contender.isDirect()) {
      moveServiceAddress();
    }
    Servers.start(this);
    balancer = Balancer.start(contender, this, balancerCommand);
    await(
        () ->
            HttpProbe.isAnswered(topology.client(), serviceAddress(), webPort())
                && Balancer.isComplete(contender, this),
        contender.label,
        contender.label);
  }

  /** Every backend owns it, and the balancer's part is to route connections by their ports. */
  private void moveServiceAddress() throws IOException {
    String address = serviceAddress() + "/32";
    topology.balancer().run("ip", "address", "delete", address, "dev", "lo");
    topology.balancer().run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/fib_multipath_hash_policy");
    List<String> route = new ArrayList<>(List.of("ip", "route", "add", address));
    for (int i = 1; i <= BACKENDS; i++) {
      Namespace backend = topology.backend(i);
      backend.run("ip", "address", "add", address, "dev", "lo");
      String weight = Integer.toString(Service.WEB.weights().get(i - 1));
      route.addAll(List.of("nexthop", "via", backend.ipv4(), "weight", weight));
    }
    topology.balancer().run(route.toArray(String[]::new));
  }

  Contender contender() {
    return contender;
  }

  Topology topology() {
    return topology;
  }

  Path file(String name) {
    return directory.file(name);
  }

  int webPort() {
    return contender.isDirect() ? Service.WEB.backendPort() : Service.WEB.port();
  }

  /** Where the services with one backend are to be reached. */
  String oneServer() {
    return contender.isDirect() ? topology.backend(1).ipv4() : serviceAddress();
  }

  String serviceAddress() {
    return topology.balancer().ipv4();
  }

  /** Runs a program on the client to its end, and returns what it prints. */
  String runClient(List<String> command) throws IOException {
    List<String> pinned = new ArrayList<>(List.of("taskset", "-c", Integer.toString(CLIENT_CPU)));
    pinned.addAll(command);
    return topology.client().run(pinned.toArray(String[]::new));
  }

  /** Starts a server on a backend; it ends with the lane. */
  void start(Namespace backend, List<String> command, String name) throws IOException {
    launch(backend.programOnCpu(BACKEND_CPU, command), name);
  }

  /** Starts a balancer, on any CPU. */
  Process startBalancer(List<String> command, String name) throws IOException {
    return launch(topology.balancer().program(command), name);
  }

  private Process launch(ProcessBuilder program, String name) throws IOException {
    return program
        .redirectErrorStream(true)
        .redirectOutput(Redirect.appendTo(log(name).toFile()))
        .start();
  }

  private Path log(String name) {
    return file(name + ".log");
  }

  void awaitListener(Namespace where, int port, String name) throws IOException {
    String listening = ":%04X 0".formatted(port);
    await(
        () ->
            where
                .run("cat", "/proc/net/tcp", "/proc/net/tcp6")
                .lines()
                .anyMatch(line -> line.contains(listening) && line.contains(" 0A ")),
        name,
        name);
  }

  private void await(Callable<Boolean> condition, String what, String log) throws IOException {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    try {
      while (!condition.call()) {
        if (System.nanoTime() > deadline) {
          String said = Files.exists(log(log)) ? Files.readString(log(log)).strip() : "nothing";
          throw new IOException("%s does not answer; it said: %s".formatted(what, said));
        }
        Thread.sleep(POLL_MILLIS);
      }
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(what + ": " + e, e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      balancer.close();
    } catch (Exception e) {
      throw new IOException("stop %s: %s".formatted(contender.label, e.getMessage()), e);
    } finally {
      // Which ends what still runs within.
      topology.close();
      directory.close();
    }
  }
}
