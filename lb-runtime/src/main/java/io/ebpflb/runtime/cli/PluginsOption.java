package io.ebpflb.runtime.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where plugin jars are. */
final class PluginsOption {
  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      defaultValue = "${sys:lb.plugins:-plugins}",
      description = "Directory of plugin jars (default: ${DEFAULT-VALUE}).")
  private Path directory;

  Path directory() {
    return directory;
  }
}
