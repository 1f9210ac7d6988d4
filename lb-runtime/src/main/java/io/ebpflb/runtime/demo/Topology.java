package io.ebpflb.runtime.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A network on this machine: a client and some backends, each in a namespace of its own behind a
 * balancer that routes between them and owns the service address. Closing removes everything; what
 * a process that died left behind is removed when the next topology with the same prefix is made.
 *
 * <pre>
 *   client eth0 ── clients [balancer] backend1 ── eth0 backend 1
 *                                     backend2 ── eth0 backend 2 ...
 * </pre>
 */
public final class Topology implements AutoCloseable {
  /** The balancer's interface towards the client. */
  public static final String CLIENT_LINK = "clients";

  private static final String SERVICE_IPV4 = "10.90.200.1";
  private static final String SERVICE_IPV6 = "fd90:200::1";
  private static final int BACKENDS_MAX = 99;
  private static final AtomicInteger COUNT = new AtomicInteger();

  /** What the ends of the virtual links leave to the link. */
  public enum Offloads {
    /** As the kernel makes them: packets of 64 KB, checksums left to a device that is not there. */
    DEFAULT,
    /**
     * As on a cable: hosts segment and compute checksums themselves. Native XDP needs this: what it
     * sends on has lost the mark that the checksum is not computed yet.
     */
    NONE
  }

  private final String prefix;
  private final Offloads offloads;
  private final Namespace client;
  private final Namespace balancer;
  private final List<Namespace> backends = new ArrayList<>();
  private final Thread atExit = new Thread(this::remove, "remove-topology");

  private Topology(String prefix, int backendCount, Offloads offloads) {
    this.prefix = prefix;
    this.offloads = offloads;
    client = new Namespace(prefix + "-client", "10.90.0.2", "fd90::2");
    balancer = new Namespace(prefix + "-balancer", SERVICE_IPV4, SERVICE_IPV6);
    for (int i = 1; i <= backendCount; i++) {
      backends.add(
          new Namespace(prefix + "-backend" + i, "10.90." + i + ".2", "fd90:" + i + "::2"));
    }
  }

  /**
   * Makes namespaces, links, addresses and routes. The process needs to be root.
   *
   * @param prefix of the namespaces' names; this process's id and a number follow it
   * @throws IOException if the system refuses; then nothing is left behind
   */
  public static Topology create(String prefix, int backendCount, Offloads offloads)
      throws IOException {
    if (backendCount < 1 || backendCount > BACKENDS_MAX) {
      throw new IllegalArgumentException("backends: 1 to " + BACKENDS_MAX);
    }
    removeLeftovers(prefix);
    Topology topology =
        new Topology(
            "%s-%d-%d".formatted(prefix, ProcessHandle.current().pid(), COUNT.incrementAndGet()),
            backendCount,
            offloads);
    Runtime.getRuntime().addShutdownHook(topology.atExit);
    try {
      topology.build();
      return topology;
    } catch (IOException | RuntimeException e) {
      topology.close();
      throw e;
    }
  }

  public Namespace client() {
    return client;
  }

  /** Its address is the service address. */
  public Namespace balancer() {
    return balancer;
  }

  /**
   * @param number from 1
   */
  public Namespace backend(int number) {
    return backends.get(number - 1);
  }

  public List<Namespace> backends() {
    return List.copyOf(backends);
  }

  /** The balancer's interfaces: what its config lists. */
  public List<String> balancerLinks() {
    List<String> links = new ArrayList<>(List.of(CLIENT_LINK));
    for (int i = 1; i <= backends.size(); i++) {
      links.add(backendLink(i));
    }
    return links;
  }

  /** The balancer's interface towards a backend. */
  public static String backendLink(int number) {
    return "backend" + number;
  }

  static String endpoint(String address, int port) {
    return address.contains(":") ? "[" + address + "]:" + port : address + ":" + port;
  }

  private Stream<Namespace> all() {
    return Stream.concat(Stream.of(client, balancer), backends.stream());
  }

  private void build() throws IOException {
    for (Namespace namespace : all().toList()) {
      Program.run("ip", "netns", "add", namespace.name());
      // Without duplicate address detection an IPv6 address works at once.
      namespace.run("sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad");
    }
    balancer.run(
        "sh",
        "-c",
        "echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding");
    balancer.ip(
        "link set lo up\naddr add %s/32 dev lo\naddr add %s/128 dev lo nodad\n"
            .formatted(SERVICE_IPV4, SERVICE_IPV6));
    attach(client, CLIENT_LINK, "10.90.0.1", "fd90::1");
    for (int i = 1; i <= backends.size(); i++) {
      attachBackend(i);
    }
  }

  private void attachBackend(int number) throws IOException {
    attach(
        backend(number), backendLink(number), "10.90." + number + ".1", "fd90:" + number + "::1");
  }

  /** Removes a backend's link and makes another with the same names and addresses. */
  public void replaceBackendLink(int number) throws IOException {
    balancer.ip("link del %s\n".formatted(backendLink(number)));
    attachBackend(number);
  }

  private void attach(Namespace host, String link, String ipv4, String ipv6) throws IOException {
    balancer.ip(
        "link add %s type veth peer name eth0 netns %s\n".formatted(link, host.name())
            + "addr add %s/24 dev %s\naddr add %s/64 dev %s nodad\n"
                .formatted(ipv4, link, ipv6, link)
            + "link set %s up\n".formatted(link));
    host.ip(
        "link set lo up\naddr add %s/24 dev eth0\naddr add %s/64 dev eth0 nodad\n"
                .formatted(host.ipv4(), host.ipv6())
            + "link set eth0 up\nroute add default via %s\nroute add ::/0 via %s\n"
                .formatted(ipv4, ipv6));
    if (offloads == Offloads.NONE) {
      // With GRO the end takes frames that XDP sends: they need its receive queue to be polled.
      host.run("ethtool", "-K", "eth0", "tx", "off", "gro", "on");
    }
  }

  /** Ends every process within the namespaces and removes them. Idempotent. */
  @Override
  public void close() {
    remove();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The process is ending, and the hook runs.
    }
  }

  private synchronized void remove() {
    removeNamed(name -> name.startsWith(prefix + "-"));
  }

  private static void removeLeftovers(String prefix) {
    Pattern ours = Pattern.compile(Pattern.quote(prefix) + "-(\\d+)-\\d+-.+");
    removeNamed(
        name -> {
          Matcher matcher = ours.matcher(name);
          return matcher.matches() && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty();
        });
  }

  private static void removeNamed(Predicate<String> which) {
    try {
      List<String> names =
          Program.run("ip", "netns", "list")
              .lines()
              .map(line -> line.split(" ", 2)[0])
              .filter(which)
              .toList();
      for (String name : names) {
        endProcesses(name);
      }
      for (String name : names) {
        Program.run("ip", "netns", "delete", name);
      }
    } catch (IOException e) {
      System.err.println("lb: cannot remove network namespaces: " + e.getMessage());
    }
  }

  private static void endProcesses(String namespace) throws IOException {
    for (String pid : Program.run("ip", "netns", "pids", namespace).split("\\s+")) {
      if (!pid.isBlank() && Long.parseLong(pid) != ProcessHandle.current().pid()) {
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }
}
