package io.ebpflb.runtime.dataplane;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/** A network namespace of a test's own, removed with everything in it. */
final class TestNamespace implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String name =
      "lbit%d-%d".formatted(ProcessHandle.current().pid(), COUNT.incrementAndGet());

  TestNamespace() {
    run("ip netns add " + name);
    ip("link set lo up");
  }

  String name() {
    return name;
  }

  /** Runs {@code ip} inside. */
  String ip(String arguments) {
    return run("ip -n " + name + " " + arguments);
  }

  /** Runs any command inside. */
  String exec(String command) {
    return run("ip netns exec " + name + " " + command);
  }

  /** Runs a command whose arguments hold blanks. */
  String exec(String... command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
    all.addAll(List.of(command));
    return run(all);
  }

  <T> T enter(Callable<T> task) throws Exception {
    return NetworkNamespace.enter(name, task);
  }

  @Override
  public void close() {
    run("ip netns del " + name);
  }

  private static String run(String command) {
    return run(Arrays.asList(command.split(" ")));
  }

  private static String run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command + ": " + output);
      }
      return output;
    } catch (IOException e) {
      throw new IllegalStateException(command.toString(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(command.toString(), e);
    }
  }
}
