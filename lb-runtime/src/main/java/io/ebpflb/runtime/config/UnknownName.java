package io.ebpflb.runtime.config;

import static java.util.stream.Collectors.joining;

import io.ebpflb.runtime.config.TomlTable.Entry;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** Says that something is not installed, and what is. */
final class UnknownName {
  private static final String SEPARATOR = "      ";

  private UnknownName() {}

  /**
   * @param failures why plugins that are there offer nothing; it may be one of them
   */
  static void plugin(
      Problems problems, Entry entry, Collection<String> installed, List<String> failures) {
    problems.mask().add(entry.value());
    report(problems, entry, "no such plugin is installed", entry.key(), installed, failures);
  }

  /** See {@link #plugin}. */
  static void extension(
      Problems problems,
      Entry entry,
      String name,
      Collection<String> installed,
      List<String> failures) {
    String what = "no plugin provides \"" + Printable.cut(name, 63) + "\"";
    report(problems, entry, what, name, installed, failures);
  }

  private static void report(
      Problems problems,
      Entry entry,
      String what,
      String name,
      Collection<String> installed,
      List<String> failures) {
    problems.add(
        entry.offset(),
        entry.path(),
        what,
        "installed: "
            + (installed.isEmpty() ? "none" : String.join(", ", new TreeSet<>(installed)))
            + failures.stream()
                .map(each -> SEPARATOR + "cannot be used: " + each)
                .collect(joining()),
        NearNames.of(name, installed));
  }
}
