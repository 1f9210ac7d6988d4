package io.ebpflb.runtime.plugin;

/** A plugin failed; the message names it and says how. Never carries the plugin's own exception. */
public final class ExtensionException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean wasAsked;

  public ExtensionException(String message) {
    this(message, true);
  }

  private ExtensionException(String message, boolean wasAsked) {
    super(message);
    this.wasAsked = wasAsked;
  }

  /** The plugin could not be asked, or not to the end: it is stuck, out of use or gone. */
  public static ExtensionException notAsked(String message) {
    return new ExtensionException(message, false);
  }

  /** Whether the failure says anything of the backend or target that the question was about. */
  public boolean wasAsked() {
    return wasAsked;
  }
}
