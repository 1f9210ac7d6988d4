package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Extension;
import io.ebpflb.api.LbPlugin;
import java.util.List;

/** What is there without any plugin JAR. */
final class BuiltinPlugin implements LbPlugin {
  static final String ID = "builtin";

  @Override
  public List<Extension<?>> extensions() {
    return List.of(
        Extension.healthChecker(
            "tcp",
            TcpChecker.Settings.class,
            (settings, context) -> new TcpChecker(context.network(), settings)),
        Extension.weightModifier(
            "least-connections", LeastConnections.Settings.class, LeastConnections::new),
        Extension.targetResolver(
            "static",
            StaticResolver.Settings.class,
            (settings, c) -> new StaticResolver(settings)));
  }
}
