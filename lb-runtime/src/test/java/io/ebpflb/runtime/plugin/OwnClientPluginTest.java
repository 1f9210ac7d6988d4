package io.ebpflb.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A plugin with a library that brings threads: told by their names if they stay. */
class OwnClientPluginTest extends HotPluginFixture {
  private static final String CHECK =
      "health-check = { type = \"own-client\", interval = \"100ms\", timeout = \"1s\" }";
  private static final String THREADS = "httpclient-";

  /** Of generations that are there. */
  private static Optional<Thread> findThread() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(THREADS))
        .findFirst();
  }

  private static Closeable client(ClassLoader loader) throws ReflectiveOperationException {
    return (Closeable) loader.loadClass(PluginJarFixture.CLASS).getField("client").get(null);
  }

  @Test
  void aClientThatIsClosedLeavesNothing() throws Exception {
    drop(OwnClientPlugin.closing(), "own-client.jar");
    start(CHECK);
    await("the client runs", () -> findThread().isPresent());

    assertThat(apply("").name()).isEqualTo("APPLIED");

    await("its threads end", () -> findThread().isEmpty());
    balancer.plugin().reload("own-client");
    await("the old one is stopped", () -> figure("lb_plugin_unloading", "own-client") == 1);
    await("its classes are gone", () -> figure("lb_plugin_unloading", "own-client") == 0);
  }

  @Test
  void aClientThatIsNotClosedIsToldByTheNamesOfItsThreads() throws Exception {
    drop(OwnClientPlugin.neverClosing(), "own-client.jar");
    start(CHECK);
    await("the client runs", () -> findThread().isPresent());
    ClassLoader loader = findThread().orElseThrow().getContextClassLoader();

    assertThat(apply("").name()).isEqualTo("APPLIED");
    balancer.plugin().reload("own-client");

    await("the old one is stopped", () -> figure("lb_plugin_unloading", "own-client") == 1);
    assertThat(Unloader.holders(loader)).startsWith("held by its threads \"" + THREADS);
    client(loader).close();
    loader = null;
    await("it is collected after all", () -> figure("lb_plugin_unloading", "own-client") == 0);
  }
}
