package io.ebpflb.runtime.reload;

import java.io.IOException;
import java.nio.file.Path;

/** The config file holds an edit that was never in force and would be lost. */
public final class FileChangedException extends IOException {
  private static final long serialVersionUID = 1;

  FileChangedException(Path file) {
    super(file + " was changed and is not in force: reload it, or overwrite it");
  }
}
