package io.ebpflb.runtime.plugin;

import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus.State;

/** A plugin JAR that cannot be used; the message says why, for an operator. */
public final class PluginRefusal extends Exception {
  private static final long serialVersionUID = 1;

  private final State state;

  PluginRefusal(State state, String message) {
    super(message);
    this.state = state;
  }

  public static PluginRefusal failed(String message) {
    return new PluginRefusal(State.FAILED, message);
  }

  public State state() {
    return state;
  }
}
