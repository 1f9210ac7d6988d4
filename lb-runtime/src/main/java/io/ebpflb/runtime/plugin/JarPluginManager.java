package io.ebpflb.runtime.plugin;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pf4j.DefaultPluginManager;
import org.pf4j.ManifestPluginDescriptorFinder;
import org.pf4j.Plugin;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginFactory;
import org.pf4j.PluginLoader;
import org.pf4j.PluginState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PF4J for one plugin JAR, told to take it as its manifest alone describes it and to load it in a
 * class loader of ours. One for each time that a JAR is loaded, since a new version is at work
 * before the old one goes. Not thread-safe.
 */
final class JarPluginManager extends DefaultPluginManager implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("plugins");
  private static final ClassLoader LOADER_OF_HOST = JarPluginManager.class.getClassLoader();

  private final Path copy;

  /**
   * @param copy a private copy of the JAR, removed when this is closed
   */
  JarPluginManager(Path copy, String apiVersion) {
    super(copy.getParent());
    this.copy = copy;
    setSystemVersion(apiVersion);
  }

  /**
   * @return the class loader of the started plugin
   */
  ClassLoader load() throws PluginRefusal {
    try {
      String id = loadPlugin(copy);
      if (startPlugin(id) != PluginState.STARTED) {
        throw PluginRefusal.failed("PF4J left it " + getPlugin(id).getPluginState());
      }
      return getPluginClassLoader(id);
    } catch (RuntimeException e) {
      throw PluginRefusal.failed(FailureText.of(e));
    }
  }

  @Override
  public void close() {
    unloadPlugins();
    try {
      Files.deleteIfExists(copy);
    } catch (IOException e) {
      LOG.warn("a copy of a plugin JAR stays: {}", e.toString());
    }
  }

  @Override
  protected PluginDescriptorFinder createPluginDescriptorFinder() {
    return new ManifestPluginDescriptorFinder();
  }

  @Override
  protected PluginFactory createPluginFactory() {
    // The entry point is an LbPlugin; PF4J's own plugin class has nothing to do.
    return wrapper -> new Plugin() {};
  }

  @Override
  protected PluginLoader createPluginLoader() {
    return new PluginLoader() {
      @Override
      public boolean isApplicable(Path path) {
        return true;
      }

      @Override
      public ClassLoader loadPlugin(Path path, PluginDescriptor descriptor) {
        try {
          return new PluginClassLoader(
              "plugin-" + path.getFileName(), new URL[] {path.toUri().toURL()}, LOADER_OF_HOST);
        } catch (MalformedURLException e) {
          throw new IllegalArgumentException(e);
        }
      }
    };
  }
}
