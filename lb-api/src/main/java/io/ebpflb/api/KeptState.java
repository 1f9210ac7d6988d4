package io.ebpflb.api;

import java.util.Objects;
import java.util.Optional;

/**
 * One text of a plugin, usually JSON, that survives an upgrade of the plugin, and a restart of the
 * balancer if it has a state file. What must not be lost belongs here (a forced circuit), what can
 * be found out again does not (an answer of a name server).
 */
public interface KeptState {

  /** How long a text may be, in characters. */
  int TEXT_LENGTH_MAX = 1024 * 1024;

  /**
   * @param version of the text's form, chosen by the plugin
   */
  record Kept(int version, String text) {
    public Kept {
      Objects.requireNonNull(text, "text");
    }
  }

  /** What was saved last, by this or an earlier version of the plugin. */
  Optional<Kept> load();

  /**
   * Replaces what was saved. Written to disk soon after, not before this returns.
   *
   * @throws IllegalArgumentException if the text is longer than {@link #TEXT_LENGTH_MAX}
   */
  void save(Kept state);
}
