package io.ebpflb.runtime.plugin;

/** A plugin failed; the message names it and says how. Never carries the plugin's own exception. */
public final class ExtensionException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ExtensionException(String message) {
    super(message);
  }
}
