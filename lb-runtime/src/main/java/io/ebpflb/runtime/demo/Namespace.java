package io.ebpflb.runtime.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A host of a {@link Topology}: a network namespace with one address of each family.
 *
 * @param name as {@code ip netns list} shows it
 */
public record Namespace(String name, String ipv4, String ipv6) {

  public String address(Family family) {
    return family == Family.IPV4 ? ipv4 : ipv6;
  }

  /** {@code 10.90.1.2:80} or {@code [fd90:1::2]:80}. */
  public String endpoint(Family family, int port) {
    return Topology.endpoint(address(family), port);
  }

  /** Runs a program within, to its end, and returns what it prints; fails if the program does. */
  public String run(String... command) throws IOException {
    return Program.run("", within(List.of(command)));
  }

  /** A program that has not started yet, to run within. */
  public ProcessBuilder program(List<String> command) {
    return new ProcessBuilder(within(command));
  }

  /** As {@link #program}, on one CPU alone. */
  public ProcessBuilder programOnCpu(int cpu, List<String> command) {
    List<String> pinned = new ArrayList<>(List.of("taskset", "-c", Integer.toString(cpu)));
    pinned.addAll(command);
    return program(pinned);
  }

  private List<String> within(List<String> command) {
    List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", name));
    whole.addAll(command);
    return whole;
  }

  /**
   * The {@code ip} command with this namespace's links, addresses and routes.
   *
   * @param batch commands without the word {@code ip}, one a line
   */
  public void ip(String batch) throws IOException {
    Program.run(batch, List.of("ip", "-n", name, "-batch", "-"));
  }
}
