package io.ebpflb.runtime.config;

import io.ebpflb.runtime.config.TomlTable.Entry;
import java.util.Collection;
import java.util.TreeSet;

/** Says that something is not installed, and what is. */
final class UnknownName {
  private UnknownName() {}

  static void plugin(Problems problems, Entry entry, Collection<String> installed) {
    problems.mask().add(entry.value());
    report(problems, entry, "no such plugin is installed", entry.key(), installed);
  }

  static void extension(Problems problems, Entry entry, String name, Collection<String> installed) {
    report(
        problems, entry, "no plugin provides \"" + Printable.cut(name, 63) + "\"", name, installed);
  }

  private static void report(
      Problems problems, Entry entry, String what, String name, Collection<String> installed) {
    problems.add(
        entry.offset(),
        entry.path(),
        what,
        "installed: "
            + (installed.isEmpty() ? "none" : String.join(", ", new TreeSet<>(installed))),
        NearNames.of(name, installed));
  }
}
