package io.ebpflb.runtime.dataplane;

import java.util.function.Consumer;

/**
 * One row of the packet table: packets, with the verdict on each and what it becomes.
 *
 * @param name what is shown, as a claim
 */
record PacketRow(String name, For scope, Consumer<Scene> steps) {

  enum For {
    ALL,
    TCP,
    IPV4,
    IPV6,
    IPV4_UDP,
    TC_HOOK_TCP,
    XDP_HOOK
  }

  static PacketRow row(String name, For scope, Consumer<Scene> steps) {
    return new PacketRow(name, scope, steps);
  }

  boolean appliesTo(Scene.Hook hook, Scene.Family family, boolean tcp) {
    boolean ipv4 = family == Scene.Family.IPV4;
    return switch (scope) {
      case ALL -> true;
      case TCP -> tcp;
      case IPV4 -> ipv4;
      case IPV6 -> !ipv4;
      case IPV4_UDP -> ipv4 && !tcp;
      case XDP_HOOK -> hook == Scene.Hook.XDP;
      case TC_HOOK_TCP -> hook == Scene.Hook.TC && tcp;
    };
  }
}
