package io.ebpflb.runtime.plugin;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;

/**
 * What those classes of a JAR refer to that its entry point leads to, by the names in their
 * constant pools. A library that a plugin bundles may have a main method that ends the JVM; as long
 * as nothing leads to it, that is no reason to refuse it.
 *
 * <p>This catches mistakes, not malice: what is called by reflection, by a method handle that was
 * looked up by name, or by native code is not seen.
 */
final class ReachableCode {
  private static final Map<String, String> ENDS_THE_JVM =
      Map.of(
          "java.lang.System.exit", "System.exit",
          "java.lang.Runtime.exit", "Runtime.exit",
          "java.lang.Runtime.halt", "Runtime.halt");

  /** Looking for each class would take a hundred times as long as all the rest. */
  private static final Set<String> JAVA_PACKAGES =
      ModuleLayer.boot().modules().stream()
          .flatMap(module -> module.getPackages().stream())
          .collect(Collectors.toUnmodifiableSet());

  private static final String API = "io.ebpflb.api.";
  private static final String HOST = "io.ebpflb.runtime.";

  private final JarFile jar;
  private final String ownPackage;
  private final TreeSet<String> exits = new TreeSet<>();
  private final TreeSet<String> ofHost = new TreeSet<>();
  private final TreeSet<String> ofOtherApi = new TreeSet<>();
  private final TreeSet<String> missing = new TreeSet<>();

  private ReachableCode(JarFile jar, String entryPoint) {
    this.jar = jar;
    ownPackage = packageOf(entryPoint) + ".";
  }

  static void inspect(JarFile jar, String entryPoint, Findings findings) {
    ReachableCode code = new ReachableCode(jar, entryPoint);
    try {
      code.follow(entryPoint);
    } catch (IOException e) {
      findings.problem("damaged: " + e.getMessage());
    }
    code.report(findings);
  }

  private void follow(String entryPoint) throws IOException {
    Set<String> seen = new HashSet<>(List.of(entryPoint));
    Deque<String> next = new ArrayDeque<>(seen);
    while (!next.isEmpty()) {
      ClassFile type = EntryPoint.read(jar, next.poll()).orElseThrow();
      type.methods().stream()
          .filter(ENDS_THE_JVM::containsKey)
          .forEach(method -> exits.add(type.name() + " calls " + ENDS_THE_JVM.get(method)));
      for (String name : type.classes()) {
        if (!seen.add(name)) {
          continue;
        }
        if (jar.getJarEntry(file(name)) != null) {
          next.add(name);
        } else {
          lookOutside(type.name(), name);
        }
      }
    }
  }

  /** The first that refers to a class is named. */
  private void lookOutside(String from, String name) {
    String reference = from + " refers to " + name;
    if (name.startsWith(HOST)) {
      ofHost.add(reference);
    } else if (name.startsWith(API)) {
      if (ReachableCode.class.getClassLoader().getResource(file(name)) == null) {
        ofOtherApi.add(reference);
      }
    } else if (from.startsWith(ownPackage)
        && !name.startsWith("org.slf4j.")
        && !JAVA_PACKAGES.contains(packageOf(name))) {
      missing.add(reference);
    }
  }

  private static String packageOf(String name) {
    return name.substring(0, Math.max(0, name.lastIndexOf('.')));
  }

  private static String file(String name) {
    return name.replace('.', '/') + ".class";
  }

  private void report(Findings findings) {
    if (!exits.isEmpty()) {
      findings.problem(Findings.some(exits) + ", which would end the balancer");
    }
    if (!ofHost.isEmpty()) {
      findings.problem(
          Findings.some(ofHost)
              + ": classes of the balancer, of which plugins see io.ebpflb.api alone");
    }
    if (!ofOtherApi.isEmpty()) {
      findings.problem(Findings.some(ofOtherApi) + ", which is not in this balancer's API");
    }
    if (!missing.isEmpty()) {
      findings.note(Findings.some(missing) + ", which is neither in it nor in Java");
    }
  }
}
