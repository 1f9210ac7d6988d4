package io.ebpflb.runtime.config;

import io.ebpflb.runtime.config.Configuration.AdminSettings;
import io.ebpflb.runtime.config.TomlTable.Entry;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** Binds the table {@code [admin]}, and sees that what others can reach is guarded. */
final class AdminBinder {
  private static final String LISTEN = "listen";
  private static final Set<String> TOKEN_KEYS = Set.of("name", "role", "file", "environment");

  private final Problems problems;
  private final RecordBinder records;

  AdminBinder(Problems problems, RecordBinder records) {
    this.problems = problems;
    this.records = records;
  }

  Optional<AdminSettings> bind(TomlTable table) {
    hideTokens(table);
    AtomicReference<Optional<InetSocketAddress>> listen = new AtomicReference<>(Optional.empty());
    Optional<AdminTable> bound = records.bind(table, AdminTable.class);
    bound.ifPresent(
        found -> {
          if (records.check(table, LISTEN, () -> listen.set(found.endpoint()))) {
            records.check(table, LISTEN, () -> found.checkGuarded(listen.get()));
          }
          records.check(table, "socket", found::checkSocket);
          records.check(table, "state", () -> AdminTable.checkFile(found.state()));
          records.check(table, "audit-log", () -> AdminTable.checkFile(found.auditLog()));
          records.check(table, "tls-certificate", found::checkCertificate);
          records.check(table, "tls-key", found::checkKey);
          tokens(table, found.token());
        });
    return bound
        .filter(found -> problems.isEmpty())
        .map(
            found ->
                new AdminSettings(
                    listen.get(),
                    Path.of(found.socket()),
                    found.stateFile(),
                    found.token().stream().map(TokenTable::settings).toList(),
                    found.tlsCertificate().map(Path::of),
                    found.tlsKey().map(Path::of),
                    found.auditLog().map(Path::of)));
  }

  /** Who writes a token into the config does it under some other key. */
  private void hideTokens(TomlTable admin) {
    if (admin.find("token").map(Entry::value).orElse(admin) instanceof TomlArray array) {
      array.elements().stream()
          .filter(TomlTable.class::isInstance)
          .flatMap(token -> ((TomlTable) token).entries().stream())
          .filter(entry -> !TOKEN_KEYS.contains(entry.key()))
          .forEach(entry -> problems.mask().add(entry.value()));
    }
  }

  private void tokens(TomlTable admin, List<TokenTable> tokens) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < tokens.size(); i++) {
      TokenTable token = tokens.get(i);
      TomlArray array = (TomlArray) admin.find("token").orElseThrow().value();
      TomlTable table = (TomlTable) array.elements().get(i);
      records.check(table, "name", token::checkName);
      records.check(table, "name", () -> refuseTwice(names, token.name()));
      records.check(table, token.file().isPresent() ? "file" : "environment", token::checkSource);
    }
  }

  private static void refuseTwice(Set<String> names, String name) throws Refusal {
    if (!names.add(name)) {
      throw new Refusal("another token has this name", "the audit log could not tell them apart");
    }
  }
}
