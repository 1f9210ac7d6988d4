package io.ebpflb.runtime.service;

import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.service.AdminStates.Setting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admin state in a small file, replaced as a whole: a crash leaves the old or the new one. A file
 * that cannot be read is kept aside, said loudly, and does not keep the balancer from starting.
 */
final class AdminStateFile implements AdminStates.Store {
  private static final Logger LOG = LoggerFactory.getLogger("admin-state");

  private final Path file;
  private final Executor writer;

  /**
   * @param writer runs one task at a time, in order; a disk may be slow
   */
  AdminStateFile(Path file, Executor writer) {
    this.file = file;
    this.writer = writer;
  }

  @Override
  public Map<BackendKey, Setting> load() {
    try {
      Map<BackendKey, Setting> settings = AdminStateFormat.read(Files.readString(file));
      if (!settings.isEmpty()) {
        LOG.info("{} backends have admin state in {}", settings.size(), file);
      }
      return settings;
    } catch (NoSuchFileException e) {
      return Map.of();
    } catch (IOException | IllegalArgumentException e) {
      LOG.error(
          "admin state in {} cannot be read, so that every backend is ready: {}; {}",
          file,
          e.getMessage(),
          keptAside());
      return Map.of();
    }
  }

  @Override
  public CompletableFuture<Void> save(Map<BackendKey, Setting> settings) {
    CompletableFuture<Void> saved = new CompletableFuture<>();
    writer.execute(
        () -> {
          try {
            write(AdminStateFormat.write(settings));
            saved.complete(null);
          } catch (IOException e) {
            LOG.error("admin state cannot be kept: write {}: {}", file, e.toString());
            saved.completeExceptionally(e);
          }
        });
    return saved;
  }

  private void write(String text) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    Files.createDirectories(directory);
    Path temporary = Files.createTempFile(directory, "." + file.getFileName(), ".new");
    try {
      try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    // The new name is in the directory, which is to be on the disk too.
    try (FileChannel entry = FileChannel.open(directory, StandardOpenOption.READ)) {
      entry.force(true);
    }
  }

  private String keptAside() {
    Path aside = file.resolveSibling(file.getFileName() + ".unreadable");
    try {
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      return "it is kept as " + aside;
    } catch (IOException e) {
      return "it could not be kept aside: " + e;
    }
  }
}
