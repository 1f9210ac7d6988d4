package io.ebpflb.runtime.reload;

import io.ebpflb.runtime.config.ConfigException;
import io.ebpflb.runtime.config.WrittenConfig;
import java.io.IOException;
import java.nio.file.Path;

/**
 * How the config of a running balancer is changed, whoever asks: a signal, the file itself, the
 * admin API or a program around it. Each change is all or nothing: read, bound, validated with the
 * plugins, compared and applied; whatever refuses it leaves the balancer as it was.
 *
 * <p>Any thread, one at a time; blocks, so never call it on an event loop. The initiator is a word
 * or two for logs and status, such as {@code api}.
 */
public interface Reload {

  /** Makes the config file, as it is now, the config in force. Edits that were not saved end. */
  ReloadResult reload(String initiator);

  /** Makes this text the config in force; the file stays as it is. */
  ReloadResult apply(String text, String initiator);

  /** Applies this text and, if it is in force then, writes it over the file. */
  ReloadResult replace(String text, String initiator);

  /**
   * Applies what is made of the config in force, with no other change in between; the file stays as
   * it is.
   */
  ReloadResult edit(Edit edit, String initiator);

  /** Makes one text of another. */
  @FunctionalInterface
  interface Edit {
    /**
     * @throws RuntimeException if it cannot be made; passed on, and nothing is changed
     */
    String of(WrittenConfig inForce);
  }

  /**
   * Writes the text in force over the file, in one step: a reader sees the old text or the new.
   *
   * @throws FileChangedException if the file holds what was never in force
   * @throws IOException if it cannot be written; the file is as it was
   */
  void save(String initiator) throws IOException;

  /** As {@link #save}, whatever the file holds. */
  void overwrite(String initiator) throws IOException;

  /** What {@link #apply} of this text would change or be refused for; changes nothing. */
  default ReloadPreview preview(String text) {
    return preview(status().file(), text);
  }

  /**
   * See {@link #preview(String)}.
   *
   * @param file what problems name as their place
   */
  ReloadPreview preview(Path file, String text);

  /** How what is in force differs from the file as it is now. */
  UnsavedChanges unsaved();

  /** The config in force as text: the file's, with the edits that were applied since. */
  String text();

  /**
   * The same, to be shown. Does not wait for a reload that takes its time.
   *
   * @throws ConfigException if it could not be put in force now, because plugins have changed
   */
  WrittenConfig written() throws ConfigException;

  /** Never blocks for long. */
  ReloadStatus status();
}
