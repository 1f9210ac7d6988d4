package io.ebpflb.runtime.config;

import io.ebpflb.api.Extension;
import io.ebpflb.runtime.plugin.ExtensionCatalog;
import java.util.HashSet;
import java.util.Set;

/** The keys of all secret settings that the installed extensions know. */
final class SecretNames {
  private final Set<String> names = new HashSet<>();
  private final Set<Class<?>> seen = new HashSet<>();

  private SecretNames() {}

  static Set<String> in(ExtensionCatalog catalog) {
    SecretNames found = new SecretNames();
    catalog.pluginConfigs().values().forEach(found::visit);
    for (Extension.Kind kind : Extension.Kind.values()) {
      for (String name : catalog.names(kind)) {
        catalog.find(kind, name).ifPresent(extension -> found.visit(extension.configType()));
      }
    }
    return found.names;
  }

  private void visit(Class<? extends Record> type) {
    if (!seen.add(type)) {
      return;
    }
    try {
      for (Setting setting : Setting.of(type)) {
        if (setting.secret()) {
          names.add(setting.key());
        }
        if (setting.type().isRecord()) {
          visit(setting.type().asSubclass(Record.class));
        }
      }
    } catch (IllegalArgumentException | LinkageError e) {
      // A faulty record is reported where it is used.
    }
  }
}
