package io.ebpflb.runtime.traffic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where this test runs, and what belongs to it. */
final class Checkout {
  private Checkout() {}

  static Path root() {
    String given = System.getProperty("lb.checkout");
    for (Path path = Path.of(given == null ? "" : given).toAbsolutePath();
        path != null;
        path = path.getParent()) {
      if (Files.isExecutable(path.resolve("lb")) && Files.exists(path.resolve("bpf"))) {
        return path;
      }
    }
    throw new IllegalStateException("not within a checkout: there is no ./lb");
  }

  static String launcher() {
    return root().resolve("lb").toString();
  }

  /** A directory for logs and configs, kept after the run. */
  static Path scratch() throws IOException {
    return Files.createDirectories(root().resolve("lb-runtime/target/traffic"));
  }

  static boolean isLongRun() {
    return Boolean.getBoolean("lb.long");
  }

  /** A program of this test's classes. */
  static List<String> java(Class<?> program, String... arguments) {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Xss256k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                root().resolve("lb-runtime/target/test-classes").toString(),
                program.getName()));
    command.addAll(List.of(arguments));
    return command;
  }
}
