package io.ebpflb.runtime.plugin;

import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the directory of plugin JARs while the balancer runs: what is new is loaded, what is
 * another one than before takes over, what is gone is unloaded. Each plugin changes for itself, so
 * that one that cannot be used holds up no other.
 */
public final class PluginDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("plugins");

  /** A file that is the same at two looks in a row is taken to be whole. */
  static final Duration LOOK = Duration.ofMillis(250);

  private static final long CLOSE_SECONDS = 10;

  private final PluginHost host;
  private final PluginSwitch inForce;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(PluginDirectory::thread);
  private String followedConfig;
  private String problem = "";

  /**
   * @param inForce brings plugins in force
   */
  public PluginDirectory(PluginHost host, PluginSwitch inForce) {
    this.host = host;
    this.inForce = inForce;
    followedConfig = inForce.configHash();
  }

  private static Thread thread(Runnable body) {
    Thread thread = new Thread(body, "lb-plugin-watch");
    thread.setDaemon(true);
    return thread;
  }

  /** From now on the directory is watched. */
  public void start() {
    thread.scheduleWithFixedDelay(
        this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  private synchronized void look() {
    try {
      String config = inForce.configHash();
      // What a config asked for or refused, the next one may not.
      if (host.files().look() || !config.equals(followedConfig)) {
        followedConfig = config;
        follow();
      }
      problem = "";
    } catch (IOException e) {
      if (!problem.equals(e.toString())) {
        LOG.error("the directory of plugins cannot be read: {}", e.toString());
      }
      problem = e.toString();
    } catch (RuntimeException bug) {
      LOG.error("following the directory of plugins failed", bug);
    }
  }

  private void follow() {
    PluginFiles.Selection wanted = host.files().select();
    List<PluginStatus> refused = new ArrayList<>(wanted.refused());
    for (LoadedPlugin plugin : host.current().jars()) {
      if (wanted.usable().stream().noneMatch(jar -> jar.id().equals(plugin.id()))) {
        unload(plugin);
      }
    }
    for (PluginJar jar : wanted.usable()) {
      Optional<PluginJar> running = host.current().find(jar.id()).flatMap(LoadedPlugin::jar);
      try {
        if (running.isEmpty() || !running.get().copy().equals(jar.copy())) {
          refuseDowngrade(jar, running);
          inForce.bring(() -> host.replacing(jar));
        }
      } catch (PluginRefusal e) {
        refused.add(jar.refusedStatus(e));
      }
    }
    host.refuse(refused);
  }

  private static void refuseDowngrade(PluginJar jar, Optional<PluginJar> running)
      throws PluginRefusal {
    if (running.isPresent() && running.get().isNewerThan(jar)) {
      throw PluginRefusal.failed(
          "version "
              + jar.version()
              + " is older than "
              + running.get().version()
              + ", which runs; if you mean it: lb plugin reload "
              + jar.id());
    }
  }

  private void unload(LoadedPlugin plugin) {
    String fileName = plugin.jar().orElseThrow().fileName();
    if (host.files().hold(fileName)) {
      // What is there now cannot be used, which is said of the file; the plugin runs on.
      return;
    }
    try {
      inForce.bring(() -> host.removing(plugin.id()));
    } catch (PluginRefusal inUse) {
      String what = fileName + " was removed, but " + user(plugin, inUse);
      if (inForce.unloadsWhatIsUsed()) {
        String reason = what + " and goes on with its last answers";
        LOG.warn("plugin \"{}\" was unloaded: {}", plugin.id(), reason);
        inForce.exclusively(() -> host.remove(plugin, reason));
      } else {
        String reason = what + ", so it runs on";
        LOG.warn("plugin \"{}\": {}", plugin.id(), reason);
        plugin.remark(reason);
      }
    }
  }

  private String user(LoadedPlugin plugin, PluginRefusal inUse) {
    List<String> services = inForce.users(plugin.offer().extensions());
    if (services.isEmpty()) {
      return "cannot be missed: " + inUse.getMessage();
    }
    int more = services.size() - 1;
    return "service \""
        + services.get(0)
        + (more == 0 ? "\" uses it" : "\" uses it (and " + more + " more)");
  }

  /** Waits for a change that is under way. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
