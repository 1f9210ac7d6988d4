package io.ebpflb.runtime.plugin;

import java.net.URLConnection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What the JDK makes once for the whole process, at first use. A thread inherits the class loader
 * of whoever made it, so that the first plugin to use it could never be unloaded; a JAR file that a
 * plugin reads a resource from would stay open.
 */
final class SharedByProcess {
  private SharedByProcess() {}

  static void prepare() {
    // The thread behind timeouts of futures.
    new CompletableFuture<Void>().completeOnTimeout(null, 1, TimeUnit.MILLISECONDS).join();
    URLConnection.setDefaultUseCaches("jar", false);
  }
}
