package io.ebpflb.runtime.traffic;

import io.ebpflb.runtime.demo.Namespace;
import io.ebpflb.runtime.demo.Topology;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The {@link EchoServer} processes of a topology's backends. */
final class Servers implements AutoCloseable {
  static final int PORT = 8080;

  private final Topology topology;
  private final Map<Integer, Process> running = new HashMap<>();

  Servers(Topology topology) {
    this.topology = topology;
  }

  /** Starts the backends with these numbers; they listen when this returns. */
  Servers start(int... numbers) throws IOException {
    for (int number : numbers) {
      launch(number, number - 1);
    }
    for (int number : numbers) {
      awaitReady(number);
    }
    return this;
  }

  static String name(int number) {
    return "backend" + number;
  }

  /** Consecutive backends live on different CPUs. */
  private void launch(int number, int cpu) throws IOException {
    Namespace backend = topology.backend(number);
    List<String> command = Checkout.java(EchoServer.class, name(number), Integer.toString(PORT));
    running.put(
        number,
        backend
            .programOnCpu(cpu % Runtime.getRuntime().availableProcessors(), command)
            .redirectErrorStream(true)
            .start());
  }

  private void awaitReady(int number) throws IOException {
    BufferedReader out =
        new BufferedReader(
            new InputStreamReader(running.get(number).getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    if (!"ready".equals(line)) {
      throw new IOException(name(number) + " does not start: " + line);
    }
  }

  /** As a crash does it. */
  void kill(int number) throws InterruptedException {
    running.remove(number).destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    running.values().forEach(Process::destroyForcibly);
  }
}
