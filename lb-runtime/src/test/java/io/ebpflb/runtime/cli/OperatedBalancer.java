package io.ebpflb.runtime.cli;

import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.Options;
import io.ebpflb.runtime.dataplane.NetworkNamespace;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** A balancer that forwards to two backends, to be operated through its socket. */
final class OperatedBalancer implements AutoCloseable {
  private static final int PORT = 8080;
  private static final int SERVERS = 2;
  private static final int BACKLOG = 4096;

  private final Path directory;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Topology topology;
  private final LoadBalancer balancer;

  private OperatedBalancer(Path directory) throws Exception {
    this.directory = directory;
    topology = keep(Topology.create("lbo", SERVERS, Topology.Offloads.DEFAULT));
    try {
      balancer = start();
    } catch (Exception | Error e) {
      close();
      throw e;
    }
  }

  /**
   * @param directory for its files
   */
  static OperatedBalancer start(Path directory) throws Exception {
    return new OperatedBalancer(directory);
  }

  private LoadBalancer start() throws Exception {
    for (int i = 1; i <= SERVERS; i++) {
      InetAddress address = InetAddress.getByName(topology.backend(i).ipv4());
      // Connections wait in its backlog, those of checks too: it is all they need to be
      // established.
      keep(
          NetworkNamespace.enter(
              topology.backend(i).name(), () -> new ServerSocket(PORT, BACKLOG, address)));
    }
    Files.writeString(configFile(), config(1));
    return keep(
        NetworkNamespace.enter(
            topology.balancer().name(),
            () -> LoadBalancer.start(Options.of(configFile(), directory.resolve("no-plugins")))));
  }

  private <T extends AutoCloseable> T keep(T part) {
    open.push(part);
    return part;
  }

  Path configFile() {
    return directory.resolve("lb.toml");
  }

  Path socketFile() {
    return directory.resolve("lb.sock");
  }

  String backend(int number) {
    return topology.backend(number).ipv4() + ":" + PORT;
  }

  /** A connection of a client to the service. */
  void connect() throws Exception {
    keep(
        NetworkNamespace.enter(
            topology.client().name(), () -> new Socket(topology.balancer().ipv4(), 80)));
  }

  /** Ends the balancer and nothing else. */
  void stop() {
    balancer.close();
  }

  @Override
  public void close() throws IOException {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        throw new IOException(e);
      }
    }
  }

  /** The weight is the first backend's. */
  String config(int firstWeight) {
    return """
           [dataplane]
           interfaces = ["%s", "%s", "%s"]
           [admin]
           socket = "%s"
           state = "%s"
           [reload]
           watch = false
           [[service]]
           name = "web"
           listen = "%s:80"
           health-check = { type = "tcp", interval = "200ms" }
           target = [ { address = "%s", weight = %d }, { address = "%s" } ]
           """
        .formatted(
            topology.balancerLinks().get(0),
            topology.balancerLinks().get(1),
            topology.balancerLinks().get(2),
            socketFile(),
            directory.resolve("state.json"),
            topology.balancer().ipv4(),
            backend(1),
            firstWeight,
            backend(2));
  }
}
