package io.ebpflb.plugin.dns;

import io.ebpflb.api.Extension;
import io.ebpflb.api.LbPlugin;
import io.ebpflb.api.PluginContext;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Targets by host name. */
public final class DnsPlugin implements LbPlugin {
  private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

  private Hosts hosts;

  @Override
  public List<Extension<?>> extensions() {
    return List.of(Extension.targetResolver("dns", TargetSettings.class, this::resolver));
  }

  @Override
  public Class<? extends Record> config() {
    return ServerSettings.class;
  }

  private HostResolver resolver(TargetSettings target, PluginContext context) {
    if (hosts == null) {
      hosts = new Hosts(context);
    }
    ServerSettings settings = context.config(ServerSettings.class);
    Lookups lookups =
        new Lookups(context.network(), context.clock(), () -> settings.servers(RESOLV_CONF));
    return new HostResolver(
        target, lookups, hosts.follow(target), () -> ThreadLocalRandom.current().nextDouble());
  }
}
