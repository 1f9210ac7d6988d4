package io.ebpflb.runtime.admin;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The file of the unix socket. It is bound under another name first, given its mode and then moved
 * into place: nobody can connect to it while it is open to all, and one that a killed process left
 * behind is replaced in one step.
 */
final class SocketFile {

  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-rw----");
  private static final Set<PosixFilePermission> DIRECTORY_MODE =
      PosixFilePermissions.fromString("rwxr-xr-x");

  /** {@code sun_path} of unix(7), less the final zero. */
  private static final int PATH_BYTES_MAX = 107;

  private final Path path;
  private final Path bindPath;
  private Object key;

  private SocketFile(Path path, Path bindPath) {
    this.path = path;
    this.bindPath = bindPath;
  }

  /** Makes the directory and sees that nothing else is in the way. */
  static SocketFile prepare(Path path) {
    Path directory = path.toAbsolutePath().getParent();
    String name = ".lb" + Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 20));
    SocketFile file = new SocketFile(path.toAbsolutePath(), directory.resolve(name));
    file.checkLength();
    file.makeDirectory(directory);
    file.checkFree();
    return file;
  }

  UnixDomainSocketAddress bindAddress() {
    return UnixDomainSocketAddress.of(bindPath);
  }

  /** Once it is bound, which may have been a while ago: another process may have come first. */
  void publish() {
    checkFree();
    try {
      Files.setPosixFilePermissions(bindPath, MODE);
      Files.move(bindPath, path, StandardCopyOption.ATOMIC_MOVE);
      key = fileKey();
    } catch (IOException failed) {
      throw failure(failed.toString(), "choose another path for [admin] socket");
    }
  }

  /** Under either name, unless another process has replaced it. */
  void delete() {
    deleteQuietly(bindPath);
    try {
      if (key != null && key.equals(fileKey())) {
        deleteQuietly(path);
      }
    } catch (IOException gone) {
      // Then there is nothing to delete.
    }
  }

  AdminException failure(String what, String remedy) {
    return new AdminException("open the admin socket " + path + ": " + what + "; " + remedy);
  }

  private void checkLength() {
    int bytes =
        Math.max(
            path.toString().getBytes(StandardCharsets.UTF_8).length,
            bindPath.toString().getBytes(StandardCharsets.UTF_8).length);
    if (bytes > PATH_BYTES_MAX) {
      throw failure(
          "the path is longer than the " + PATH_BYTES_MAX + " bytes that a unix socket can have",
          "choose a shorter one for [admin] socket");
    }
  }

  private void makeDirectory(Path directory) {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(DIRECTORY_MODE));
      }
    } catch (IOException failed) {
      throw failure(
          "cannot make its directory: " + failed,
          "run as root or choose another for [admin] socket");
    }
  }

  private void checkFree() {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!isSocket()) {
      throw failure(
          "there is something that is no socket", "remove it or choose another for [admin] socket");
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      // A listener with a full backlog would block a blocking connect.
      channel.configureBlocking(false);
      channel.connect(UnixDomainSocketAddress.of(path));
    } catch (ConnectException refused) {
      return;
    } catch (IOException failed) {
      throw failure(failed.toString(), "remove it or choose another for [admin] socket");
    }
    throw failure(
        "another process listens on it", "stop that balancer or choose another for [admin] socket");
  }

  private boolean isSocket() {
    try {
      int type =
          (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 0170000;
      return type == 0140000;
    } catch (IOException failed) {
      return false;
    }
  }

  private Object fileKey() throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  private static void deleteQuietly(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException leftBehind) {
      // The next start replaces a socket that nobody listens on.
    }
  }
}
