package io.ebpflb.runtime.plugin;

import io.ebpflb.api.LbPlugin;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of the plugin API: that of the project, without {@code -SNAPSHOT}. */
final class ApiVersion {
  private ApiVersion() {}

  static String read() {
    Properties properties = new Properties();
    try (InputStream file = LbPlugin.class.getResourceAsStream("version.properties")) {
      properties.load(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version").replace("-SNAPSHOT", "");
  }
}
