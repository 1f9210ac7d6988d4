package io.ebpflb.runtime.bench;

import io.ebpflb.runtime.dataplane.DataPlaneException;
import io.ebpflb.runtime.dataplane.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A network namespace of its own with one device towards clients and one towards backends, all
 * neighbors known. No packet ever leaves: test runs do not transmit.
 */
final class BenchNetwork implements AutoCloseable {
  static final String CLIENT_SIDE = "bench-client";
  static final String BACKEND_SIDE = "bench-backend";
  static final int CLIENT_SIDE_IFINDEX = 10;
  static final int BACKEND_SIDE_IFINDEX = 11;

  static final int BACKENDS = 64;

  static final byte[] CLIENT_SIDE_MAC = {2, 0, 0, 0, 0, 1};
  static final byte[] PEER_MAC = {2, 0, 0, 0, 0, 2};

  private final String namespace;
  private final Thread cleanup = new Thread(this::delete, "bench-cleanup");

  private BenchNetwork(String namespace) {
    this.namespace = namespace;
  }

  /**
   * @throws DataPlaneException if the {@code ip} command is missing or refuses
   */
  static BenchNetwork create() {
    BenchNetwork network = new BenchNetwork("lb-bench-" + ProcessHandle.current().pid());
    ip("", "netns", "add", network.namespace);
    Runtime.getRuntime().addShutdownHook(network.cleanup);
    try {
      ip(script(), "-n", network.namespace, "-batch", "-");
      network.within(BenchNetwork::forward);
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
    return network;
  }

  /** Runs the task within the namespace, on a thread of its own. */
  <T> T within(Callable<T> task) {
    try {
      return NetworkNamespace.enter(namespace, task);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new DataPlaneException("act in namespace %s: %s".formatted(namespace, e), e);
    }
  }

  @Override
  public void close() {
    delete();
    Runtime.getRuntime().removeShutdownHook(cleanup);
  }

  private void delete() {
    ip("", "netns", "delete", namespace);
  }

  /** The thread's namespace decides which settings these are. */
  private static Path forward() throws IOException {
    Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "1");
    return Files.writeString(Path.of("/proc/sys/net/ipv6/conf/all/forwarding"), "1");
  }

  private static String script() {
    StringBuilder script = new StringBuilder("link set lo up\n");
    device(script, CLIENT_SIDE, CLIENT_SIDE_IFINDEX, "02:00:00:00:00:01", 91);
    device(script, BACKEND_SIDE, BACKEND_SIDE_IFINDEX, "02:00:00:00:00:03", 92);
    for (Family family : Family.values()) {
      String bits = family == Family.IPV4 ? "/32" : "/128";
      script.append("address add %s%s dev lo\n".formatted(text(family.service()), bits));
      neighbor(script, text(family.otherHost()), BACKEND_SIDE);
      for (int i = 0; i < BACKENDS; i++) {
        neighbor(script, text(family.backend(i)), BACKEND_SIDE);
      }
    }
    neighbor(script, "10.91.0.2", CLIENT_SIDE);
    neighbor(script, "fd91::2", CLIENT_SIDE);
    script.append("route add 10.128.0.0/9 via 10.91.0.2\n");
    script.append("route add fd80::/64 via fd91::2\n");
    return script.toString();
  }

  private static void device(
      StringBuilder script, String name, int ifindex, String mac, int network) {
    script.append(
        "link add %s index %d address %s type veth peer name %s-p\n"
            .formatted(name, ifindex, mac, name));
    script.append("link set %s addrgenmode none up\n".formatted(name));
    script.append("link set %s-p addrgenmode none up\n".formatted(name));
    script.append("address add 10.%d.0.1/24 dev %s\n".formatted(network, name));
    script.append("address add fd%d::1/64 dev %s nodad\n".formatted(network, name));
  }

  private static void neighbor(StringBuilder script, String address, String device) {
    script.append(
        "neighbor replace %s lladdr 02:00:00:00:00:02 dev %s nud permanent\n"
            .formatted(address, device));
  }

  private static String text(InetAddress address) {
    return address.getHostAddress();
  }

  private static void ip(String input, String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    String what = String.join(" ", command);
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (var out = process.getOutputStream()) {
        out.write(input.getBytes(StandardCharsets.US_ASCII));
      }
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new DataPlaneException(
            "%s: %s; the bench needs root and network namespaces".formatted(what, said.strip()));
      }
    } catch (IOException e) {
      throw new DataPlaneException(what + ": no such command; install iproute2", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataPlaneException(what + ": interrupted", e);
    }
  }
}
