package io.ebpflb.runtime.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Programs of the system, run to their end. */
final class Program {
  private static final long TIMEOUT_SECONDS = 60;

  private Program() {}

  /**
   * Runs a program and returns what it prints.
   *
   * @param input for its standard input
   * @throws IOException if there is no such program, it fails (the message has what it printed), or
   *     it takes longer than a minute
   */
  static String run(String input, List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      CompletableFuture<String> printed = CompletableFuture.supplyAsync(() -> all(process));
      try (var out = process.getOutputStream()) {
        out.write(input.getBytes(StandardCharsets.UTF_8));
      }
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(
            "%s: no end within %d s".formatted(String.join(" ", command), TIMEOUT_SECONDS));
      }
      String text = printed.join();
      if (process.exitValue() != 0) {
        throw new IOException(
            "%s: exit code %d: %s"
                .formatted(String.join(" ", command), process.exitValue(), text.strip()));
      }
      return text;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(command.get(0) + ": interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  static String run(String... command) throws IOException {
    return run("", List.of(command));
  }

  private static String all(Process process) {
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
