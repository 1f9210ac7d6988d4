package io.ebpflb.runtime.config;

import io.ebpflb.api.Extension;
import io.ebpflb.runtime.config.Configuration.Service;
import io.ebpflb.runtime.config.ServiceCuts.Piece;
import io.ebpflb.runtime.config.TomlTable.Entry;
import io.ebpflb.runtime.plugin.ExtensionCatalog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a text by its difference from the one in force. Services whose text is the same stay the
 * same objects; of the others, and of all that is no service, a shorter text is made, in which a
 * bare header stands for each service that stays, and that text is read as any other. Whatever is
 * wrong with it is not told from here: its lines are not those of the file.
 */
final class Rereading {
  private static final String STAND_IN = ServiceCuts.HEADER + "\n";

  private final BoundConfig inForce;
  private final Map<String, Service> known = new HashMap<>();

  /** Of the text in force all but the known services. */
  private final StringBuilder rest = new StringBuilder();

  private Rereading(BoundConfig inForce) {
    this.inForce = inForce;
  }

  /** Empty if the text has to be read as a whole; it may be good or not. */
  static Optional<Configuration> read(
      ConfigText text, ExtensionCatalog catalog, BoundConfig inForce) {
    if (!isSameOffer(catalog, inForce.catalog())) {
      return Optional.empty();
    }
    Rereading reading = new Rereading(inForce);
    reading.learn();
    return reading.read(text, catalog);
  }

  private static boolean isSameOffer(ExtensionCatalog one, ExtensionCatalog other) {
    for (Extension.Kind kind : Extension.Kind.values()) {
      Set<String> names = one.names(kind);
      if (!names.equals(other.names(kind))
          || !names.stream()
              .allMatch(name -> one.find(kind, name).equals(other.find(kind, name)))) {
        return false;
      }
    }
    return true;
  }

  private void learn() {
    List<Piece> pieces = ServiceCuts.of(inForce.text().source());
    List<Service> services = inForce.configuration().services();
    // An indented header is a service, too, but none that is found unread.
    boolean isPaired = pieces.stream().filter(Piece::isService).count() == services.size();
    int next = 0;
    for (Piece piece : pieces) {
      if (isPaired && piece.isPure()) {
        known.put(piece.text(), services.get(next));
      } else {
        rest.append(piece.text());
      }
      next += piece.isService() ? 1 : 0;
    }
  }

  private Optional<Configuration> read(ConfigText text, ExtensionCatalog catalog) {
    StringBuilder shorter = new StringBuilder();
    Map<Integer, Service> staying = new HashMap<>();
    for (Piece piece : ServiceCuts.of(text.source())) {
      Service same = known.get(piece.text());
      if (same != null) {
        staying.put(shorter.length(), same);
        shorter.append(STAND_IN);
      } else {
        shorter.append(piece.text());
      }
    }
    if (staying.isEmpty()) {
      return Optional.empty();
    }
    Problems problems = unshown(text.source().of(shorter));
    try {
      TomlTable root = ConfigLoader.whole(ConfigLoader.scan(problems, Set.of()), problems);
      if (!defaults(root).equals(defaults(scan(unshown(text.source().of(rest)))))) {
        return Optional.empty();
      }
      Configuration next = new ConfigBinder(problems, catalog, staying).bind(text.file(), root);
      new RestartCheck(problems, root).run(inForce.configuration(), next);
      return problems.isEmpty() ? Optional.of(next) : Optional.empty();
    } catch (ConfigException ofOtherLines) {
      return Optional.empty();
    }
  }

  private static Problems unshown(SourceText source) {
    return new Problems(source, new SecretMask(Set.of()));
  }

  private static TomlTable scan(Problems problems) {
    return TomlScanner.scan(problems).root();
  }

  /** Services mean what they say together with these. */
  private static Optional<Map<String, Object>> defaults(TomlTable root) {
    return root.find("defaults")
        .map(Entry::value)
        .filter(TomlTable.class::isInstance)
        .map(tables -> TomlTree.of((TomlTable) tables, value -> false));
  }
}
