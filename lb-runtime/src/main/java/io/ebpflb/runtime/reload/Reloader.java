package io.ebpflb.runtime.reload;

import io.ebpflb.api.Extension;
import io.ebpflb.runtime.config.BoundConfig;
import io.ebpflb.runtime.config.ConfigException;
import io.ebpflb.runtime.config.ConfigLoader;
import io.ebpflb.runtime.config.ConfigText;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.config.Configuration.OnRemoval;
import io.ebpflb.runtime.config.PluginKeys;
import io.ebpflb.runtime.config.TableKeys;
import io.ebpflb.runtime.config.WrittenConfig;
import io.ebpflb.runtime.dataplane.DataPlaneException;
import io.ebpflb.runtime.plugin.ExtensionCatalog;
import io.ebpflb.runtime.plugin.ExtensionException;
import io.ebpflb.runtime.plugin.PluginHost;
import io.ebpflb.runtime.plugin.PluginRefusal;
import io.ebpflb.runtime.plugin.PluginSwap;
import io.ebpflb.runtime.plugin.PluginSwitch;
import io.ebpflb.runtime.reload.ReloadResult.Outcome;
import io.ebpflb.runtime.reload.ReloadStatus.Attempt;
import io.ebpflb.runtime.service.ConfigDiff;
import io.ebpflb.runtime.service.ControlPlane;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a running balancer from one config to the next. */
public final class Reloader implements Reload, PluginSwitch, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("reload");

  private final PluginHost plugins;
  private final ControlPlane control;
  private final FileWatch watch;
  private volatile ConfigText text;

  /** Of the file when it was last read or written here. */
  private String fileHash;

  /** Of the file when what it holds was last in force. */
  private String savedHash;

  private Configuration inForce;

  /** Where the extensions of the config in force come from. */
  private ExtensionCatalog boundTo;

  private Endpoint endpoint = next -> () -> {};
  private volatile ReloadStatus status;

  /**
   * @param text of the config that runs
   */
  public Reloader(
      ConfigText text, Configuration inForce, PluginHost plugins, ControlPlane control) {
    this.text = text;
    this.inForce = inForce;
    this.boundTo = plugins.catalog();
    this.plugins = plugins;
    this.control = control;
    fileHash = text.hash();
    savedHash = fileHash;
    watch = new FileWatch(inForce.file(), this::fileChanged);
    status = new ReloadStatus(inForce.file(), text.hash(), false, Optional.empty());
  }

  /** What shows the balancer to the outside, and follows the config. */
  @FunctionalInterface
  public interface Endpoint {
    /**
     * Reads what the config names; changes nothing.
     *
     * @return puts it in force; does not throw
     * @throws ConfigException if that cannot be
     */
    Runnable prepare(Configuration next) throws ConfigException;
  }

  /** From now on the endpoint follows the config, and the file is watched if the config says so. */
  public synchronized void start(Endpoint following) {
    endpoint = following;
    followWatch();
  }

  /** A file that was only touched, or that was saved from here, is no news. */
  private synchronized void fileChanged() {
    if (!fileHash().equals(Optional.of(fileHash))) {
      reload("file");
    }
  }

  @Override
  public synchronized ReloadResult reload(String initiator) {
    try {
      ConfigText file = ConfigText.read(inForce.file());
      fileHash = file.hash();
      ReloadResult result = change(file, initiator);
      savedHash = result.isRefused() ? savedHash : fileHash;
      return result;
    } catch (ConfigException unreadable) {
      return ended(initiator, refused(unreadable.problems(), ""));
    }
  }

  @Override
  public synchronized ReloadResult apply(String newText, String initiator) {
    try {
      return change(ConfigText.of(inForce.file(), newText), initiator);
    } catch (ConfigException unusable) {
      return ended(initiator, refused(unusable.problems(), ""));
    }
  }

  @Override
  public synchronized ReloadResult replace(String newText, String initiator) {
    ReloadResult result = apply(newText, initiator);
    if (result.isRefused()) {
      return result;
    }
    try {
      save(initiator);
      return result;
    } catch (IOException e) {
      String problem = "in force, but not saved: " + e.getMessage();
      return ended(
          initiator,
          new ReloadResult(result.outcome(), List.of(problem), result.diff(), result.configHash()));
    }
  }

  @Override
  public synchronized ReloadResult edit(Edit edit, String initiator) {
    try {
      return apply(edit.of(written()), initiator);
    } catch (ConfigException unusable) {
      return ended(initiator, refused(unusable.problems(), ""));
    }
  }

  @Override
  public synchronized void save(String initiator) throws IOException {
    Optional<String> now = fileHash();
    if (now.isPresent() && !now.get().equals(savedHash) && !now.get().equals(text.hash())) {
      throw new FileChangedException(inForce.file());
    }
    overwrite(initiator);
  }

  /** Empty if there is no file that could be read. */
  private Optional<String> fileHash() {
    try {
      return Optional.of(ConfigText.read(inForce.file()).hash());
    } catch (ConfigException unreadable) {
      return Optional.empty();
    }
  }

  @Override
  public synchronized void overwrite(String initiator) throws IOException {
    AtomicFile.write(inForce.file(), text.bytes());
    fileHash = text.hash();
    savedHash = fileHash;
    LOG.info("the config in force was written to {} ({})", inForce.file(), initiator);
  }

  @Override
  public synchronized ReloadPreview preview(Path file, String newText) {
    try {
      return preview(ConfigText.of(file, newText));
    } catch (ConfigException unusable) {
      return new ReloadPreview(unusable.problems(), ConfigDiff.NONE);
    }
  }

  private ReloadPreview preview(ConfigText next) {
    try {
      return preview(bind(next, plugins.catalog()));
    } catch (ConfigException refused) {
      return new ReloadPreview(refused.problems(), ConfigDiff.NONE);
    } catch (ExtensionException | DataPlaneException | CompletionException refused) {
      return new ReloadPreview(List.of(message(next.file(), refused)), ConfigDiff.NONE);
    }
  }

  private ReloadPreview preview(Configuration next) {
    ConfigDiff diff =
        control.preview(next).with(changedPlugins(next), TableKeys.changed(inForce, next));
    return new ReloadPreview(List.of(), diff);
  }

  @Override
  public synchronized UnsavedChanges unsaved() {
    try {
      ConfigText file = ConfigText.read(inForce.file());
      if (file.hash().equals(text.hash())) {
        return UnsavedChanges.NONE;
      }
      ReloadPreview back = preview(file);
      return new UnsavedChanges(false, back.problems(), back.diff().reversed());
    } catch (ConfigException unreadable) {
      return new UnsavedChanges(false, unreadable.problems(), ConfigDiff.NONE);
    }
  }

  @Override
  public String text() {
    return text.text();
  }

  @Override
  public WrittenConfig written() throws ConfigException {
    return ConfigLoader.written(text, plugins.catalog());
  }

  @Override
  public ReloadStatus status() {
    return status;
  }

  private Configuration bind(ConfigText next, ExtensionCatalog catalog) throws ConfigException {
    return ConfigLoader.reload(next, catalog, new BoundConfig(text, boundTo, inForce));
  }

  private ReloadResult change(ConfigText next, String initiator) {
    try {
      Configuration bound = bind(next, plugins.catalog());
      // Whatever the config says: files that it names may hold something else now.
      Runnable endpointChange = endpoint.prepare(bound);
      boolean isSame = bound.equals(inForce);
      Map<String, List<String>> changedPlugins = changedPlugins(bound);
      Map<String, List<String>> changedTables = TableKeys.changed(inForce, bound);
      ConfigDiff diff =
          isSame
              ? ConfigDiff.NONE
              : switchTo(next, bound, changedPlugins.keySet()).with(changedPlugins, changedTables);
      endpointChange.run();
      text = next;
      followWatch();
      Outcome outcome = isSame ? Outcome.UNCHANGED : Outcome.APPLIED;
      return ended(initiator, new ReloadResult(outcome, List.of(), diff, next.hash()));
    } catch (ConfigException refused) {
      return ended(initiator, refused(refused.problems(), next.hash()));
    } catch (PluginRefusal
        | ExtensionException
        | DataPlaneException
        | CompletionException refused) {
      return ended(initiator, refused(List.of(message(next.file(), refused)), next.hash()));
    }
  }

  /** Plugins whose own settings are others, with the keys that are. */
  private Map<String, List<String>> changedPlugins(Configuration next) {
    return PluginKeys.changed(inForce.boundPlugins(), next.boundPlugins());
  }

  /**
   * @param rebound plugins that are made anew, for their own settings are others
   */
  private ConfigDiff switchTo(ConfigText next, Configuration bound, Set<String> rebound)
      throws ConfigException, PluginRefusal {
    PluginSwap swap = plugins.reloading(rebound);
    // Bound to new plugins only if there are any: with thousands of services it takes its time.
    return switchTo(swap, rebound.isEmpty() ? catalog -> bound : catalog -> bind(next, catalog));
  }

  private interface Binding {
    Configuration bind(ExtensionCatalog catalog) throws ConfigException;
  }

  /** Config and plugins come in force together, or neither does. */
  private ConfigDiff switchTo(PluginSwap swap, Binding binding) throws ConfigException {
    boolean isDone = false;
    try {
      Configuration configuration = binding.bind(swap.catalog());
      swap.start(configuration.pluginSettings());
      ConfigDiff diff = control.reconfigure(configuration);
      inForce = configuration;
      boundTo = swap.catalog();
      swap.commit();
      isDone = true;
      return diff;
    } finally {
      if (!isDone) {
        swap.giveUp();
      }
    }
  }

  @Override
  public synchronized void bring(Step step) throws PluginRefusal {
    try {
      switchTo(step.begin(), catalog -> bind(text, catalog));
    } catch (ConfigException refused) {
      throw PluginRefusal.failed("the config does not fit: " + first(refused.problems()));
    } catch (ExtensionException | DataPlaneException | CompletionException refused) {
      throw PluginRefusal.failed(message(inForce.file(), refused));
    }
  }

  /** Without the lines that show the place in the file. */
  private static String first(List<String> problems) {
    String line = problems.get(0).lines().findFirst().orElseThrow();
    int more = problems.size() - 1;
    return more == 0 ? line : line + " (and " + more + " more)";
  }

  @Override
  public synchronized void exclusively(Runnable action) {
    action.run();
  }

  @Override
  public synchronized List<String> users(Collection<Extension<?>> extensions) {
    return inForce.services().stream()
        .filter(service -> service.uses().anyMatch(use -> extensions.contains(use.extension())))
        .map(Configuration.Service::name)
        .toList();
  }

  @Override
  public String configHash() {
    return status.configHash();
  }

  @Override
  public synchronized boolean unloadsWhatIsUsed() {
    return inForce.plugins().onRemoval() == OnRemoval.UNLOAD;
  }

  private static String message(Path file, Exception refused) {
    String why =
        refused instanceof CompletionException
            ? "the control plane did not answer in time"
            : refused.getMessage();
    return file + ": " + why;
  }

  private static ReloadResult refused(List<String> problems, String hash) {
    return new ReloadResult(Outcome.REFUSED, problems, ConfigDiff.NONE, hash);
  }

  private ReloadResult ended(String initiator, ReloadResult result) {
    Attempt attempt =
        new Attempt(
            Instant.now(), initiator, result.outcome(), result.problems(), result.configHash());
    status = new ReloadStatus(inForce.file(), text.hash(), watch.isRunning(), Optional.of(attempt));
    log(initiator, result);
    return result;
  }

  private void log(String initiator, ReloadResult result) {
    switch (result.outcome()) {
      case UNCHANGED -> LOG.info("reload ({}): nothing to change", initiator);
      case APPLIED ->
          LOG.info(
              "reload ({}): in force, {} services changed",
              initiator,
              result.diff().services().size());
      case REFUSED ->
          LOG.error(
              "reload ({}) refused, nothing was changed:\n{}",
              initiator,
              String.join("\n", result.problems()));
    }
  }

  private void followWatch() {
    watch.run(inForce.reload().watch());
    status = new ReloadStatus(inForce.file(), text.hash(), watch.isRunning(), status.lastAttempt());
  }

  /** Ends the watching of the file; waits for a reload that it began. */
  @Override
  public void close() {
    watch.close();
  }
}
