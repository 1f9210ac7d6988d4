package io.ebpflb.runtime.reload;

import io.ebpflb.runtime.service.ConfigDiff;
import java.util.List;

/**
 * How the config in force differs from the file.
 *
 * @param isSaved whether the file holds the same text
 * @param problems why the file as it is now could not be put in force, as {@code lb check} prints
 *     them
 * @param diff what is in force changes of what the file says; empty if there are problems
 */
public record UnsavedChanges(boolean isSaved, List<String> problems, ConfigDiff diff) {
  public static final UnsavedChanges NONE = new UnsavedChanges(true, List.of(), ConfigDiff.NONE);

  public UnsavedChanges {
    problems = List.copyOf(problems);
  }
}
