package io.ebpflb.runtime.reload;

import io.ebpflb.runtime.service.ConfigDiff;
import java.util.List;

/**
 * How a reload ended.
 *
 * @param problems why it was refused, each rendered as {@code lb check} prints it; else empty
 * @param diff what it changed
 * @param configHash of the text that was tried, see {@link ReloadStatus}; empty if there was none
 */
public record ReloadResult(
    Outcome outcome, List<String> problems, ConfigDiff diff, String configHash) {
  public ReloadResult {
    problems = List.copyOf(problems);
  }

  public enum Outcome {
    /** It is in force. */
    APPLIED,
    /** It means what was in force already. */
    UNCHANGED,
    /** Nothing was changed. */
    REFUSED
  }

  public boolean isRefused() {
    return outcome == Outcome.REFUSED;
  }
}
