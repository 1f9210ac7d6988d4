package io.ebpflb.runtime.plugin;

import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import org.pf4j.DefaultPluginManager;
import org.pf4j.ManifestPluginDescriptorFinder;
import org.pf4j.Plugin;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginFactory;
import org.pf4j.PluginLoader;
import org.pf4j.PluginState;

/**
 * PF4J, told to take JARs whose manifest alone describes them and to load them in a class loader of
 * ours. Not thread-safe.
 */
final class JarPluginManager extends DefaultPluginManager {

  /**
   * @param root where the private copies are
   */
  JarPluginManager(Path root, String apiVersion) {
    super(root);
    setSystemVersion(apiVersion);
  }

  /**
   * @return the class loader of the started plugin
   */
  ClassLoader load(PluginJar jar) throws PluginRefusal {
    try {
      String id = loadPlugin(jar.copy());
      if (startPlugin(id) != PluginState.STARTED) {
        throw PluginRefusal.failed("PF4J left it " + getPlugin(id).getPluginState());
      }
      return getPluginClassLoader(id);
    } catch (RuntimeException e) {
      throw PluginRefusal.failed(FailureText.of(e));
    }
  }

  void unload(String id) {
    if (getPlugin(id) != null) {
      unloadPlugin(id);
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
              descriptor.getPluginId(), new URL[] {path.toUri().toURL()}, LOADER_OF_HOST);
        } catch (MalformedURLException e) {
          throw new IllegalArgumentException(e);
        }
      }
    };
  }

  private static final ClassLoader LOADER_OF_HOST = JarPluginManager.class.getClassLoader();
}
