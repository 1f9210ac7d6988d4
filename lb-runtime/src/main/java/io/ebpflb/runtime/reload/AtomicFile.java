package io.ebpflb.runtime.reload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Writes a file in one step. */
final class AtomicFile {
  /** Of a file that was not there: it may hold secrets. */
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");

  private AtomicFile() {}

  /** A symbolic link stays, and the file that it leads to is replaced; its mode stays. */
  static void write(Path file, byte[] bytes) throws IOException {
    boolean isNew = Files.notExists(file);
    Path real = isNew ? file.toAbsolutePath() : file.toRealPath();
    Set<PosixFilePermission> mode = isNew ? PRIVATE : Files.getPosixFilePermissions(real);
    Path fresh = real.resolveSibling("." + real.getFileName() + ".new");
    try {
      try (FileChannel out =
          FileChannel.open(
              fresh,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        Files.setPosixFilePermissions(fresh, mode);
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
          out.write(rest);
        }
        out.force(true);
      }
      Files.move(fresh, real, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
