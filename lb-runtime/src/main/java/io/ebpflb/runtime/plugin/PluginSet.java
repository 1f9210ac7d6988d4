package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Extension;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus.State;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Stream;

/**
 * The plugins of one moment, and who offers what under which name. Immutable.
 *
 * @param loaded the built-in one first
 * @param unloaded gone, while services still hold what was made of them
 * @param refused JARs that cannot be used
 */
record PluginSet(
    List<LoadedPlugin> loaded, List<LoadedPlugin> unloaded, List<PluginStatus> refused, Names names)
    implements ExtensionCatalog {

  private static final Set<State> UNUSABLE =
      EnumSet.of(State.FAILED, State.INCOMPATIBLE, State.REMOVED);

  static final PluginSet EMPTY =
      new PluginSet(List.of(), List.of(), List.of(), Names.of(List.of()));

  PluginSet {
    loaded = List.copyOf(loaded);
    unloaded = List.copyOf(unloaded);
    refused = List.copyOf(refused);
  }

  /** With what has no JAR and no rivals. */
  PluginSet withBuiltin(LoadedPlugin builtin) {
    List<LoadedPlugin> all = new ArrayList<>(loaded);
    all.add(0, builtin);
    return new PluginSet(all, unloaded, refused, Names.of(all));
  }

  Optional<LoadedPlugin> find(String id) {
    return loaded.stream().filter(plugin -> plugin.id().equals(id)).findFirst();
  }

  List<LoadedPlugin> jars() {
    return loaded.stream().filter(plugin -> plugin.jar().isPresent()).toList();
  }

  /**
   * With this one, in the place of an earlier generation of it.
   *
   * @throws PluginRefusal if a name that it offers belongs to another plugin
   */
  PluginSet with(LoadedPlugin newcomer) throws PluginRefusal {
    List<LoadedPlugin> others = new ArrayList<>(loaded);
    others.removeIf(plugin -> plugin.id().equals(newcomer.id()));
    Names.of(others).requireFree(newcomer);
    List<LoadedPlugin> next = new ArrayList<>(loaded);
    find(newcomer.id())
        .ifPresentOrElse(
            earlier -> next.set(next.indexOf(earlier), newcomer), () -> next.add(newcomer));
    return new PluginSet(next, unloaded, refused, Names.of(next));
  }

  PluginSet without(String id) {
    List<LoadedPlugin> next = loaded.stream().filter(plugin -> !plugin.id().equals(id)).toList();
    return new PluginSet(next, unloaded, refused, Names.of(next));
  }

  PluginSet withUnloaded(List<LoadedPlugin> now) {
    return new PluginSet(loaded, now, refused, names);
  }

  PluginSet withRefused(List<PluginStatus> now) {
    return new PluginSet(loaded, unloaded, now, names);
  }

  List<PluginStatus> statuses() {
    return Stream.of(jars().stream().map(LoadedPlugin::status), stopped(), refused.stream())
        .flatMap(part -> part)
        .toList();
  }

  private Stream<PluginStatus> stopped() {
    return unloaded.stream().map(LoadedPlugin::status);
  }

  @Override
  public Optional<Extension<?>> find(Extension.Kind kind, String name) {
    return names.find(kind, name);
  }

  @Override
  public SortedSet<String> names(Extension.Kind kind) {
    return names.of(kind);
  }

  @Override
  public Map<String, Class<? extends Record>> pluginConfigs() {
    Map<String, Class<? extends Record>> configs = new LinkedHashMap<>();
    jars().forEach(plugin -> configs.put(plugin.id(), plugin.offer().config()));
    return configs;
  }

  @Override
  public List<String> failures() {
    return statuses().stream()
        .filter(status -> UNUSABLE.contains(status.state()))
        .map(PluginStatus::reason)
        .toList();
  }
}
