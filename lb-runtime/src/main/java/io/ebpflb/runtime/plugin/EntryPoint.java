package io.ebpflb.runtime.plugin;

import io.ebpflb.api.LbPlugin;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** The class that a plugin JAR's service file names. */
final class EntryPoint {
  static final String SERVICE_FILE = "META-INF/services/" + LbPlugin.class.getName();

  private EntryPoint() {}

  /** Empty if it cannot be used, which is then among the findings. */
  static Optional<String> find(JarFile jar, Findings findings) {
    JarEntry file = jar.getJarEntry(SERVICE_FILE);
    if (file == null) {
      findings.problem("no " + SERVICE_FILE + " in it, so nothing to load");
      return Optional.empty();
    }
    try {
      List<String> names = names(jar, file);
      if (names.size() == 1) {
        return usable(jar, names.get(0), findings);
      }
      findings.problem(SERVICE_FILE + " names " + names.size() + " classes, not one");
    } catch (IOException e) {
      findings.problem("damaged: " + FailureText.of(e));
    }
    return Optional.empty();
  }

  private static List<String> names(JarFile jar, JarEntry file) throws IOException {
    try (InputStream in = jar.getInputStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.replaceFirst("#.*", "").strip())
          .filter(line -> !line.isEmpty())
          .distinct()
          .toList();
    }
  }

  private static Optional<String> usable(JarFile jar, String name, Findings findings)
      throws IOException {
    Optional<ClassFile> found = read(jar, name);
    String problem =
        found.isEmpty()
            ? " is not in it"
            : !isPlugin(jar, found.get())
                ? " does not implement " + LbPlugin.class.getName()
                : !found.get().canBeMade()
                    ? " must be public, not abstract, and have a public constructor that takes nothing"
                    : "";
    if (!problem.isEmpty()) {
      findings.problem(name + problem);
      return Optional.empty();
    }
    return Optional.of(name);
  }

  /** The class of this name, if the JAR has it. */
  static Optional<ClassFile> read(JarFile jar, String name) throws IOException {
    JarEntry entry = jar.getJarEntry(name.replace('.', '/') + ".class");
    if (entry == null) {
      return Optional.empty();
    }
    try (InputStream in = jar.getInputStream(entry)) {
      return Optional.of(ClassFile.read(in));
    } catch (EOFException e) {
      throw new IOException(entry.getName() + ": ends too early", e);
    } catch (IOException e) {
      throw new IOException(entry.getName() + ": " + e.getMessage(), e);
    }
  }

  /** By itself, or by a class or interface of the JAR above it. */
  private static boolean isPlugin(JarFile jar, ClassFile type) throws IOException {
    Set<String> seen = new HashSet<>();
    Deque<String> above = new ArrayDeque<>(List.of(type.name()));
    while (!above.isEmpty()) {
      String name = above.poll();
      if (name.equals(LbPlugin.class.getName())) {
        return true;
      }
      Optional<ClassFile> found = seen.add(name) ? read(jar, name) : Optional.empty();
      found.ifPresent(
          each -> {
            above.addAll(each.interfaces());
            each.superName().ifPresent(above::add);
          });
    }
    return false;
  }
}
