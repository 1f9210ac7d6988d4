package io.ebpflb.runtime.plugin;

import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A temporary directory with copies of plugin JARs: an original that is overwritten would break the
 * classes loaded from it. The directory is locked while its process lives, so that the next start
 * can tell what a killed one left behind.
 */
final class PrivateCopies implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("plugins");
  private static final String PREFIX = "ebpf-lb-plugins-";
  private static final String LOCK = "lock";
  private static final long JAR_BYTES_MAX = 256L * 1024 * 1024;

  /** Between making a directory and locking it; older ones without a lock are nobody's. */
  private static final Duration UNLOCKED_MAX = Duration.ofMinutes(1);

  /** A process that merely opens and closes a file it has locked loses the lock (fcntl). */
  private static final Set<Path> LIVE = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel lock;
  private final AtomicInteger made = new AtomicInteger();

  private PrivateCopies(Path directory, FileChannel lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /** Makes a new directory in {@code parent} and removes stale ones there. */
  static PrivateCopies create(Path parent) throws IOException {
    removeStale(parent);
    // Readable by its owner alone.
    Path directory = Files.createTempDirectory(parent, PREFIX);
    LIVE.add(directory);
    // Under its name only once it is locked: another process takes one without a lock for stale.
    Path unlocked = directory.resolve("lock.new");
    FileChannel lock =
        FileChannel.open(unlocked, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    lock.lock();
    Files.move(unlocked, directory.resolve(LOCK));
    return new PrivateCopies(directory, lock);
  }

  Path directory() {
    return directory;
  }

  Path copy(Path original) throws PluginRefusal {
    try {
      BasicFileAttributes before = attributes(original);
      if (before.size() > JAR_BYTES_MAX) {
        throw PluginRefusal.failed("larger than " + (JAR_BYTES_MAX >> 20) + " MiB");
      }
      Path copy = directory.resolve(made.incrementAndGet() + "-" + original.getFileName());
      Files.copy(original, copy);
      BasicFileAttributes after = attributes(original);
      if (before.size() != after.size()
          || !before.lastModifiedTime().equals(after.lastModifiedTime())) {
        throw PluginRefusal.failed("still being written; load it again when it is whole");
      }
      return copy;
    } catch (IOException e) {
      throw new PluginRefusal(
          State.FAILED, "cannot be read: " + e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }

  /** One more of a copy, to be removed by itself. */
  Path again(Path copy) throws PluginRefusal {
    try {
      Path another = directory.resolve(made.incrementAndGet() + "-" + copy.getFileName());
      return Files.createLink(another, copy);
    } catch (IOException e) {
      throw new PluginRefusal(
          State.FAILED,
          "cannot be copied: " + e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }

  void remove(Path copy) {
    try {
      Files.deleteIfExists(copy);
    } catch (IOException e) {
      LOG.warn("a copy of a plugin JAR stays: {}", e.toString());
    }
  }

  private static BasicFileAttributes attributes(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class);
  }

  private static void removeStale(Path parent) {
    try (DirectoryStream<Path> siblings = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path sibling : siblings) {
        if (!LIVE.contains(sibling) && isOurs(sibling) && isStale(sibling)) {
          delete(sibling);
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("stale copies of plugin JARs in {} stay there: {}", parent, e.toString());
    }
  }

  /** Anybody may make a directory of that name in a shared one such as /tmp. */
  private static boolean isOurs(Path sibling) throws IOException {
    return Files.isDirectory(sibling, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(sibling, LinkOption.NOFOLLOW_LINKS)
            .equals(Files.getOwner(Path.of("/proc/self")));
  }

  private static boolean isStale(Path sibling) throws IOException {
    Path file = sibling.resolve(LOCK);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      Instant made = Files.getLastModifiedTime(sibling, LinkOption.NOFOLLOW_LINKS).toInstant();
      return made.isBefore(Instant.now().minus(UNLOCKED_MAX));
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      return channel.tryLock() != null;
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("copies of plugin JARs in {} stay there: {}", directory, e.toString());
    }
  }

  @Override
  public void close() {
    delete(directory);
    LIVE.remove(directory);
    try {
      lock.close();
    } catch (IOException e) {
      LOG.debug("lock of {}: {}", directory, e.toString());
    }
  }
}
