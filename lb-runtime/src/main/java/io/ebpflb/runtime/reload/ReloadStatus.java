package io.ebpflb.runtime.reload;

import io.ebpflb.runtime.reload.ReloadResult.Outcome;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which config is in force, and how the last attempt to change it ended.
 *
 * @param configHash the first 16 digits of the SHA-256 of the text in force, as {@code sha256sum}
 *     prints it for the file
 * @param isWatching whether a change of the file is noticed by itself
 */
public record ReloadStatus(
    Path file, String configHash, boolean isWatching, Optional<Attempt> lastAttempt) {

  /**
   * @param problems why it was refused, each rendered as {@code lb check} prints it
   * @param configHash of the text that was tried; empty if the file could not be read
   */
  public record Attempt(
      Instant at, String initiator, Outcome outcome, List<String> problems, String configHash) {
    public Attempt {
      problems = List.copyOf(problems);
    }
  }
}
