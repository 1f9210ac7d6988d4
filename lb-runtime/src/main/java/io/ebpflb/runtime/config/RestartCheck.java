package io.ebpflb.runtime.config;

import io.ebpflb.runtime.config.TomlTable.Entry;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Refuses what a running balancer cannot change, key by key: what programs, maps and sockets were
 * made with, and the file of what operators said.
 */
final class RestartCheck {
  /** Of {@code [admin]}: all else is read anew by each reload. */
  private static final Set<String> ADMIN = Set.of("listen", "socket", "state");

  private final Problems problems;
  private final TomlTable root;

  RestartCheck(Problems problems, TomlTable root) {
    this.problems = problems;
    this.root = root;
  }

  void run(Configuration running, Configuration next) {
    compare("dataplane", running.dataplane(), next.dataplane(), key -> true);
    compare("admin", running.admin(), next.admin(), ADMIN::contains);
  }

  private void compare(String table, Record running, Record next, Predicate<String> isFixed) {
    TableKeys.differing(running, next).stream().filter(isFixed).forEach(key -> refuse(table, key));
  }

  /** Shown at the key, or where it would be: it may have been taken out of the file. */
  private void refuse(String table, String key) {
    Optional<Entry> tableEntry = root.find(table);
    Optional<Entry> entry =
        tableEntry
            .map(Entry::value)
            .filter(TomlTable.class::isInstance)
            .flatMap(value -> ((TomlTable) value).find(key));
    int offset = entry.or(() -> tableEntry).map(Entry::offset).orElse(Problems.NOWHERE);
    problems.add(
        offset,
        table + " > " + key,
        "differs from what runs, and changes only with a restart",
        "restart the balancer, or put the old value back and reload");
  }
}
