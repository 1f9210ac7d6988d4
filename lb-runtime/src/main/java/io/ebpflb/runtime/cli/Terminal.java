package io.ebpflb.runtime.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a person sees the standard output. */
final class Terminal {

  private static final Path STANDARD_OUTPUT = Path.of("/proc/self/fd/1");

  private Terminal() {}

  static boolean isOutput() {
    // System.console() wants standard input to be one too, and on newer JDKs is never null.
    try {
      String device = Files.readSymbolicLink(STANDARD_OUTPUT).toString();
      return device.startsWith("/dev/pts/")
          || device.startsWith("/dev/tty")
          || device.equals("/dev/console");
    } catch (IOException unknown) {
      return false;
    }
  }

  /** See no-color.org. */
  static boolean wantsColor() {
    String noColor = System.getenv("NO_COLOR");
    return isOutput()
        && (noColor == null || noColor.isEmpty())
        && !"dumb".equals(System.getenv("TERM"));
  }
}
