package io.ebpflb.runtime.reload;

import java.io.IOException;

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
   * Writes the text in force over the file, in one step: a reader sees the old text or the new.
   *
   * @throws IOException if it cannot be written; the file is as it was
   */
  void save(String initiator) throws IOException;

  /** What {@link #apply} of this text would change or be refused for; changes nothing. */
  ReloadPreview preview(String text);

  /** The config in force as text: the file's, with the edits that were applied since. */
  String text();

  /** Never blocks for long. */
  ReloadStatus status();
}
