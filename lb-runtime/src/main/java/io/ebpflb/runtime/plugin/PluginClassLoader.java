package io.ebpflb.runtime.plugin;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;

/** Sees the JDK, the plugin's own classes, and of the host only the API and slf4j. */
final class PluginClassLoader extends URLClassLoader {
  private static final List<String> SHARED_PACKAGES = List.of("io.ebpflb.api.", "org.slf4j.");

  static {
    registerAsParallelCapable();
  }

  private final ClassLoader host;

  /**
   * @param name of this generation alone: a stack trace tells by it whose code runs
   */
  PluginClassLoader(String name, URL[] jar, ClassLoader host) {
    super(name, jar, ClassLoader.getPlatformClassLoader());
    this.host = host;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    boolean shared = SHARED_PACKAGES.stream().anyMatch(name::startsWith);
    return shared ? host.loadClass(name) : super.loadClass(name, resolve);
  }
}
