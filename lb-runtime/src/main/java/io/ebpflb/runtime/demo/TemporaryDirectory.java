package io.ebpflb.runtime.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A directory that goes with all that is in it, also when the process is interrupted. */
public final class TemporaryDirectory implements AutoCloseable {
  private final Path path;

  private TemporaryDirectory(Path path) {
    this.path = path;
  }

  public static TemporaryDirectory create(String prefix) throws IOException {
    TemporaryDirectory directory = new TemporaryDirectory(Files.createTempDirectory(prefix));
    // An interrupted process does not come to close().
    Runtime.getRuntime().addShutdownHook(new Thread(directory::removeQuietly));
    return directory;
  }

  public Path file(String name) {
    return path.resolve(name);
  }

  private void removeQuietly() {
    try {
      close();
    } catch (IOException | UncheckedIOException e) {
      System.err.println("lb: cannot remove " + path + ": " + e);
    }
  }

  /** Idempotent. */
  @Override
  public void close() throws IOException {
    if (Files.notExists(path)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        // Processes that end remove files of their own.
        Files.deleteIfExists(file);
      }
    }
  }
}
