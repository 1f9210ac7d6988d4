package io.ebpflb.runtime.plugin;

import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus.State;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipFile;
import org.pf4j.DefaultVersionManager;
import org.pf4j.VersionManager;

/**
 * A plugin JAR as its manifest describes it, before any code of it runs.
 *
 * @param fileName as the operator knows it
 * @param copy the private copy that is loaded
 * @param findings of a look at what is in it
 */
record PluginJar(
    String fileName,
    Path copy,
    String id,
    String version,
    String requires,
    String provider,
    Findings findings) {

  private static final VersionManager VERSIONS = new DefaultVersionManager();
  private static final List<String> REQUIRED =
      List.of("Plugin-Id", "Plugin-Version", "Plugin-Requires");
  private static final String FAR_OFF = "1000000.0.0";
  private static final int ID_LENGTH_MAX = 64;

  /**
   * @throws PluginRefusal if it does not even tell what it is
   */
  static PluginJar read(String fileName, Path copy) throws PluginRefusal {
    try (JarFile jar =
        new JarFile(copy.toFile(), false, ZipFile.OPEN_READ, JarFile.runtimeVersion())) {
      Manifest manifest = jar.getManifest();
      Attributes entries = manifest == null ? new Attributes() : manifest.getMainAttributes();
      requireEntries(entries);
      PluginJar plugin =
          new PluginJar(
              fileName,
              copy,
              entries.getValue("Plugin-Id").strip(),
              entries.getValue("Plugin-Version").strip(),
              entries.getValue("Plugin-Requires").strip(),
              Optional.ofNullable(entries.getValue("Plugin-Provider")).orElse("").strip(),
              JarInspection.of(jar));
      plugin.validate();
      return plugin;
    } catch (IOException e) {
      throw PluginRefusal.failed("not a JAR, or only half of one: " + FailureText.of(e));
    }
  }

  private static void requireEntries(Attributes entries) throws PluginRefusal {
    List<String> missing =
        REQUIRED.stream()
            .filter(name -> Optional.ofNullable(entries.getValue(name)).orElse("").isBlank())
            .toList();
    if (!missing.isEmpty()) {
      throw PluginRefusal.failed("its manifest lacks " + String.join(", ", missing));
    }
  }

  private void validate() throws PluginRefusal {
    if (!id.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*") || id.length() > ID_LENGTH_MAX) {
      throw PluginRefusal.failed(
          "Plugin-Id \"" + id + "\" is not kebab-case of at most " + ID_LENGTH_MAX + " characters");
    }
    if (id.equals(BuiltinPlugin.ID)) {
      throw PluginRefusal.failed("Plugin-Id \"" + id + "\" is the runtime's own");
    }
    try {
      VERSIONS.compareVersions(version, version);
    } catch (RuntimeException e) {
      throw PluginRefusal.failed(
          "Plugin-Version \"" + version + "\" is not a version such as 1.2.0");
    }
  }

  /**
   * @throws PluginRefusal if it cannot be loaded by a balancer with this version of the API
   */
  void requireUsable(String apiVersion) throws PluginRefusal {
    requireApi(apiVersion);
    if (!findings.problems().isEmpty()) {
      throw PluginRefusal.failed(String.join("; ", findings.problems()));
    }
  }

  /** All that {@link #requireUsable} would refuse. */
  List<String> problems(String apiVersion) {
    List<String> problems = new ArrayList<>();
    try {
      requireApi(apiVersion);
    } catch (PluginRefusal e) {
      problems.add(e.getMessage());
    }
    problems.addAll(findings.problems());
    return List.copyOf(problems);
  }

  private void requireApi(String apiVersion) throws PluginRefusal {
    boolean compatible;
    try {
      compatible = VERSIONS.checkVersionConstraint(apiVersion, requires);
    } catch (RuntimeException e) {
      throw PluginRefusal.failed(
          "Plugin-Requires \"" + requires + "\" is not a range such as \">=0.1.0 & <0.2.0\"");
    }
    if (!compatible) {
      throw new PluginRefusal(
          State.INCOMPATIBLE, "needs plugin API " + requires + ", this balancer has " + apiVersion);
    }
  }

  /** What its author should know although it can be loaded. */
  List<String> notes() {
    List<String> notes = new ArrayList<>(findings.notes());
    if (VERSIONS.checkVersionConstraint(FAR_OFF, requires)) {
      notes.add(
          "Plugin-Requires \""
              + requires
              + "\" has no end, so a later API that breaks it would load it, too");
    }
    if (provider.isEmpty()) {
      notes.add("its manifest does not say Plugin-Provider");
    }
    return List.copyOf(notes);
  }

  PluginStatus refusedStatus(PluginRefusal refusal) {
    String reason = fileName + ": " + refusal.getMessage();
    return new PluginStatus(id, version, provider, refusal.state(), reason, List.of());
  }

  boolean isNewerThan(PluginJar other) {
    return VERSIONS.compareVersions(version, other.version) > 0;
  }
}
