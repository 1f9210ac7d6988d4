package io.ebpflb.runtime.bench.checks;

import io.ebpflb.runtime.bench.traffic.JavaProcess;
import io.ebpflb.runtime.demo.Topology;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The {@link CheckedHosts} of a topology's backend, which owns a network of addresses for it. */
final class HostsProcess implements AutoCloseable {
  static final int PORT = 8080;

  private static final String NETWORK = "10.160.0.0/16";

  private final Topology topology;
  private final Process process;
  private final BufferedReader out;

  private HostsProcess(Topology topology, Process process) {
    this.topology = topology;
    this.process = process;
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Returns when it listens. */
  static HostsProcess start(Topology topology) throws IOException {
    topology.backend(1).ip("route add local %s dev lo\n".formatted(NETWORK));
    topology.balancer().ip("route add %s via %s\n".formatted(NETWORK, topology.backend(1).ipv4()));
    HostsProcess hosts =
        new HostsProcess(
            topology,
            topology
                .backend(1)
                .program(JavaProcess.command(CheckedHosts.class, Integer.toString(PORT)))
                .redirectErrorStream(true)
                .start());
    hosts.account();
    return hosts;
  }

  /**
   * @param hosts that were checked
   * @param longestMillis that one of them went without a check
   */
  record Account(long checks, int hosts, long longestMillis) {}

  /** Since this was last asked for. */
  Account account() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
    String line = out.readLine();
    if (line == null || !line.matches("\\d+ \\d+ \\d+")) {
      throw new IOException("the checked hosts say: " + line);
    }
    String[] words = line.split(" ");
    return new Account(
        Long.parseLong(words[0]), Integer.parseInt(words[1]), Long.parseLong(words[2]));
  }

  static String address(int host) {
    return "10.160.%d.%d".formatted(host >> 8, host & 0xff);
  }

  /** Packets to this host go nowhere from now on. */
  void silence(int host) throws IOException {
    topology.backend(1).ip("route add blackhole %s/32 table local\n".formatted(address(host)));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
