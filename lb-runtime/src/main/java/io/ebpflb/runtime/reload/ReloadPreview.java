package io.ebpflb.runtime.reload;

import io.ebpflb.runtime.service.ConfigDiff;
import java.util.List;

/**
 * What a config would change if it were applied now.
 *
 * @param problems why it would be refused, each rendered as {@code lb check} prints it
 * @param diff empty if there are problems
 */
public record ReloadPreview(List<String> problems, ConfigDiff diff) {
  public ReloadPreview {
    problems = List.copyOf(problems);
  }
}
