package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Extension;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus.State;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the directory of plugin JARs while the balancer runs: what is new is loaded, what is
 * another one than before takes over, what is gone is unloaded. Each plugin changes for itself, so
 * that one that cannot be used holds up no other.
 */
public final class PluginDirectory implements Plugins, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("plugins");

  /** A file that is the same at two looks in a row is taken to be whole. */
  static final Duration LOOK = Duration.ofSeconds(1);

  /** Until the next look at a directory that has just changed. */
  static final Duration SETTLE = Duration.ofMillis(250);

  /** A thread that ignores interrupts cannot be ended in Java, and may take a CPU for itself. */
  static final int THREADS_ABANDONED_MAX = 2;

  private static final long CLOSE_SECONDS = 10;

  private final PluginHost host;
  private final PluginSwitch inForce;
  private final Thread thread = new Thread(this::watch, "lb-plugin-watch");
  private final CountDownLatch closing = new CountDownLatch(1);
  private String followedConfig;
  private String problem = "";

  /**
   * @param inForce brings plugins in force
   */
  public PluginDirectory(PluginHost host, PluginSwitch inForce) {
    this.host = host;
    this.inForce = inForce;
    followedConfig = inForce.configHash();
    thread.setDaemon(true);
  }

  /** From now on the directory is watched. */
  public void start() {
    thread.start();
  }

  private void watch() {
    Duration pause = SETTLE;
    try {
      while (!closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        pause = look() ? LOOK : SETTLE;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * @return whether it found what the look before had found
   */
  private synchronized boolean look() {
    try {
      host.current().jars().forEach(this::replaceIfHopeless);
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
    return host.files().isSettled();
  }

  /** A fresh generation has a fresh thread; the old one goes on in vain, so not for ever. */
  private void replaceIfHopeless(LoadedPlugin plugin) {
    Optional<String> stuck = plugin.thread().stuck();
    if (plugin.thread().hopeless().isEmpty() || stuck.isEmpty() || plugin.isStopped()) {
      return;
    }
    long given = host.abandonedThreads(plugin.id()) + 1;
    String why =
        given + (given == 1 ? " thread" : " threads") + " of it cannot be stopped, " + stuck.get();
    if (given < THREADS_ABANDONED_MAX) {
      LOG.warn("plugin \"{}\" is loaded anew: {}", plugin.id(), why);
      try {
        inForce.bring(() -> host.reloading(List.of(plugin.id())));
        return;
      } catch (PluginRefusal e) {
        why += "; loading it anew failed: " + e.getMessage();
      }
    }
    String reason = plugin.id() + ": quarantined until the balancer is restarted: " + why;
    LOG.error("plugin {}", reason);
    inForce.exclusively(() -> host.stop(plugin, State.QUARANTINED, reason));
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
          refuseHopeless(jar.id());
          refuseDowngrade(jar, running);
          inForce.bring(() -> host.replacing(jar));
        }
      } catch (PluginRefusal e) {
        refused.add(jar.refusedStatus(e));
      }
    }
    host.refuse(refused);
  }

  private void refuseHopeless(String id) throws PluginRefusal {
    Optional<LoadedPlugin> plugin = host.current().find(id);
    if (plugin.isPresent() && plugin.get().state() == State.QUARANTINED) {
      throw PluginRefusal.failed("left out: " + plugin.get().status().reason());
    }
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

  @Override
  public Optional<PluginInfo> find(String id) {
    return host.current()
        .find(id)
        .filter(plugin -> plugin.jar().isPresent())
        .map(plugin -> info(plugin, plugin.jar().orElseThrow()));
  }

  private PluginInfo info(LoadedPlugin plugin, PluginJar jar) {
    Map<String, Class<? extends Record>> settings = new LinkedHashMap<>();
    settings.put("[plugin." + plugin.id() + "]", plugin.offer().config());
    plugin.offer().extensions().stream()
        .filter(extension -> extension.kind() != Extension.Kind.AGENT)
        .forEach(each -> settings.put(PluginOffer.label(each), each.configType()));
    return new PluginInfo(
        plugin.status(),
        jar.fileName(),
        jar.requires(),
        inForce.users(plugin.offer().extensions()),
        plugin.fence().conduct().failures().sum(),
        settings);
  }

  private LoadedPlugin require(String id) throws PluginRefusal {
    LoadedPlugin plugin =
        host.current()
            .find(id)
            .filter(each -> each.jar().isPresent())
            .orElseThrow(() -> PluginRefusal.failed("no plugin \"" + id + "\" is loaded"));
    refuseHopeless(id);
    return plugin;
  }

  @Override
  public synchronized void reload(String id) throws PluginRefusal {
    try {
      host.files().readNow();
    } catch (IOException e) {
      throw PluginRefusal.failed("the directory of plugins cannot be read: " + e);
    }
    Optional<PluginJar> jar =
        host.files().select().usable().stream().filter(each -> each.id().equals(id)).findFirst();
    if (jar.isPresent()) {
      refuseHopeless(id);
      inForce.bring(() -> host.replacing(jar.get()));
    } else {
      LoadedPlugin plugin = require(id);
      inForce.bring(() -> host.reloading(List.of(plugin.id())));
    }
    follow();
  }

  @Override
  public synchronized void disable(String id, boolean isForced) throws PluginRefusal {
    LoadedPlugin plugin = require(id);
    List<String> services = inForce.users(plugin.offer().extensions());
    if (!isForced && !services.isEmpty()) {
      throw PluginRefusal.failed(
          "plugin \""
              + id
              + "\" is used by the services "
              + String.join(", ", services)
              + "; forced, they go on with its last answers");
    }
    host.disabled().set(id, true);
    inForce.exclusively(() -> host.stop(plugin, State.DISABLED, "disabled by an operator"));
  }

  @Override
  public synchronized void enable(String id) throws PluginRefusal {
    LoadedPlugin plugin = require(id);
    if (plugin.state() != State.DISABLED) {
      return;
    }
    host.disabled().set(id, false);
    try {
      inForce.bring(() -> host.reloading(List.of(id)));
    } catch (PluginRefusal e) {
      host.disabled().set(id, true);
      throw e;
    }
  }

  /** Waits for a change that is under way. */
  @Override
  public void close() {
    closing.countDown();
    try {
      TimeUnit.SECONDS.timedJoin(thread, CLOSE_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
