package io.ebpflb.runtime.admin;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus.State;
import io.ebpflb.runtime.plugin.PluginRefusal;
import io.ebpflb.runtime.plugin.Plugins;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One plugin, "dns", that the service "web" uses; remembers what was done. */
public final class SamplePlugins implements Plugins {

  record Settings(@Doc("how often") @Default("3") int attempts) {}

  public final List<String> done = new ArrayList<>();
  public volatile boolean isDisabled;

  @Override
  public Optional<PluginInfo> find(String id) {
    if (!id.equals("dns")) {
      return Optional.empty();
    }
    State state = isDisabled ? State.DISABLED : State.STARTED;
    String reason = isDisabled ? "disabled by an operator" : "";
    return Optional.of(
        new PluginInfo(
            new PluginStatus(
                "dns", "1.0.0", "us", state, reason, List.of("target resolver \"dns\"")),
            "dns.jar",
            ">=0.1.0",
            List.of("web"),
            7,
            Map.of("[plugin.dns]", Settings.class)));
  }

  @Override
  public void reload(String id) throws PluginRefusal {
    if (find(id).isEmpty()) {
      throw PluginRefusal.failed("no plugin \"" + id + "\" is loaded");
    }
    done.add("reload " + id);
  }

  @Override
  public void disable(String id, boolean isForced) throws PluginRefusal {
    if (!isForced) {
      throw PluginRefusal.failed("plugin \"dns\" is used by the services web");
    }
    isDisabled = true;
  }

  @Override
  public void enable(String id) {
    isDisabled = false;
  }
}
