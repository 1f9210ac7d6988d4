package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Extension;
import io.ebpflb.api.LbPlugin;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Supplier;

/** What a plugin says of itself when it is asked: its extensions and the record of its settings. */
record PluginOffer(List<Extension<?>> extensions, Class<? extends Record> config) {
  static final int EXTENSIONS_MAX = 100;

  /** Runs the plugin's code. */
  static PluginOffer discover(ClassLoader loader) {
    List<LbPlugin> found;
    try {
      found =
          ServiceLoader.load(LbPlugin.class, loader).stream()
              .map(ServiceLoader.Provider::get)
              .toList();
    } catch (ServiceConfigurationError e) {
      throw new ExtensionException(text(e));
    }
    if (found.size() != 1) {
      throw new ExtensionException(
          EntryPoint.SERVICE_FILE + " names " + found.size() + " classes, not one");
    }
    return of(found.get(0));
  }

  static PluginOffer of(LbPlugin plugin) {
    List<Extension<?>> extensions = ask("extensions()", plugin::extensions);
    if (extensions == null || extensions.isEmpty()) {
      throw new ExtensionException("it offers no extension");
    }
    if (extensions.size() > EXTENSIONS_MAX) {
      throw new ExtensionException("it offers more than " + EXTENSIONS_MAX + " extensions");
    }
    PluginOffer offer = new PluginOffer(List.copyOf(extensions), ask("config()", plugin::config));
    offer.validate();
    return offer;
  }

  private static <T> T ask(String method, Supplier<T> question) {
    try {
      return question.get();
    } catch (Throwable t) {
      throw new ExtensionException(method + " failed: " + FailureText.of(t));
    }
  }

  private static String text(ServiceConfigurationError error) {
    String what =
        error
            .getMessage()
            .replaceFirst("^[\\w.]+: ", "")
            .replaceFirst("^Provider (\\S+) not found$", "$1 is not in it")
            .replaceFirst("not a subtype$", "does not implement " + LbPlugin.class.getName());
    return error.getCause() == null ? what : what + ": " + FailureText.of(error.getCause());
  }

  private void validate() {
    requireRecord(config, "its settings");
    Set<String> labels = new HashSet<>();
    for (Extension<?> extension : extensions) {
      String label = label(extension);
      requireRecord(extension.configType(), "the settings of " + label);
      if (!labels.add(label)) {
        throw new ExtensionException("it offers " + label + " twice");
      }
      if (extension.kind() == Extension.Kind.AGENT && extension.configType() != config) {
        throw new ExtensionException(
            label + " must take the plugin's own settings, " + config.getName());
      }
    }
  }

  private static void requireRecord(Class<?> type, String what) {
    if (type == null || !type.isRecord()) {
      throw new ExtensionException(
          what + " are not a record" + (type == null ? "" : ": " + type.getName()));
    }
  }

  /** For an operator: {@code health checker "http"}. */
  static String label(Extension<?> extension) {
    String kind = extension.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return kind + " \"" + extension.name() + "\"";
  }
}
