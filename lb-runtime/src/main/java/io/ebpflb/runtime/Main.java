package io.ebpflb.runtime;

import io.ebpflb.runtime.cli.CommandLineTool;

/** The entry point of the jar. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(CommandLineTool.run(args));
  }
}
