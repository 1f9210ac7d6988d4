package io.ebpflb.runtime.config;

import java.util.List;

/** All problems of a config file, in file order; the message is what an operator should read. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  /**
   * @param problems the first hundred, each rendered in full, its first line {@code file:line: key
   *     path: what}
   */
  public ConfigException(String message, List<String> problems) {
    super(message);
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
