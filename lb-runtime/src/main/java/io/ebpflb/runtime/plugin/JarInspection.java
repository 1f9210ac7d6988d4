package io.ebpflb.runtime.plugin;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * A look into a plugin JAR that runs nothing of it: whether each entry is whole, what it must not
 * bundle, which Java it was compiled for, and what {@link EntryPoint} and {@link ReachableCode}
 * see.
 */
final class JarInspection {
  private static final String API = "io/ebpflb/api/";
  private static final String HOST = "io/ebpflb/runtime/";
  private static final String SLF4J = "org/slf4j/";
  private static final String CLASS = ".class";

  /** A JAR of 256 MiB can unpack to a thousand times as much. */
  private static final long BYTES_MAX = 1L << 30;

  private final JarFile jar;
  private final Findings findings = new Findings();
  private long bytes;

  private JarInspection(JarFile jar) {
    this.jar = jar;
  }

  static Findings of(JarFile jar) {
    JarInspection inspection = new JarInspection(jar);
    inspection.look();
    return inspection.findings;
  }

  private void look() {
    List<JarEntry> entries;
    // What this Java would load: of a multi-release JAR one entry for each name.
    try (Stream<JarEntry> all = jar.versionedStream()) {
      entries = all.filter(entry -> !entry.isDirectory()).toList();
    }
    refuseBundled(
        entries,
        API,
        "the API (%s), which comes from the balancer: give lb-api the scope \"provided\"");
    refuseBundled(entries, HOST, "the balancer (%s): a plugin needs lb-api alone");
    if (entries.stream().anyMatch(entry -> isClassOf(SLF4J, entry))) {
      findings.note("it bundles slf4j, which is not used: it comes from the balancer");
    }
    if (areWhole(entries)) {
      EntryPoint.find(jar, findings)
          .ifPresent(found -> ReachableCode.inspect(jar, found, findings));
    }
  }

  private static boolean isClassOf(String folder, JarEntry entry) {
    return entry.getName().startsWith(folder) && entry.getName().endsWith(CLASS);
  }

  private void refuseBundled(List<JarEntry> entries, String folder, String what) {
    entries.stream()
        .filter(entry -> isClassOf(folder, entry))
        .findFirst()
        .ifPresent(entry -> findings.problem("it bundles " + what.formatted(entry.getName())));
  }

  private boolean areWhole(List<JarEntry> entries) {
    TreeSet<String> tooNew = new TreeSet<>();
    int newest = 0;
    int running = Runtime.version().feature();
    for (JarEntry entry : entries) {
      try {
        int version = read(entry);
        newest = Math.max(newest, version);
        if (version > running) {
          tooNew.add(entry.getName());
        }
      } catch (EOFException e) {
        findings.problem("damaged: " + entry.getName() + ": ends too early");
        return false;
      } catch (IOException e) {
        findings.problem("damaged: " + entry.getName() + ": " + FailureText.of(e));
        return false;
      }
    }
    if (!tooNew.isEmpty()) {
      findings.problem(
          "it is compiled for Java "
              + newest
              + ", this balancer runs on Java "
              + running
              + ": "
              + Findings.some(tooNew));
    }
    return true;
  }

  /**
   * The JDK does not compare checksums when it loads a class.
   *
   * @return the Java that it is for; 0 if it is no class
   */
  private int read(JarEntry entry) throws IOException {
    CRC32 sum = new CRC32();
    int version = 0;
    try (InputStream in = new CheckedInputStream(jar.getInputStream(entry), sum)) {
      if (entry.getName().endsWith(CLASS) && !entry.getName().equals("module-info.class")) {
        version = ClassFile.javaVersion(new DataInputStream(in));
      }
      in.transferTo(OutputStream.nullOutputStream());
    }
    bytes += entry.getSize();
    if (bytes > BYTES_MAX) {
      throw new IOException("more than " + (BYTES_MAX >> 20) + " MiB when unpacked");
    }
    if (sum.getValue() != entry.getCrc()) {
      throw new IOException("its checksum is wrong");
    }
    return version;
  }
}
