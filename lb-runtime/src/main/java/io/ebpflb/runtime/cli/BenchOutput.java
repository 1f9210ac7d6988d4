package io.ebpflb.runtime.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** In which form a measured result is written, and where. */
final class BenchOutput {
  enum Format {
    table,
    json
  }

  @Option(
      names = {"-o", "--format"},
      paramLabel = "FORMAT",
      description = "One of: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Format format = Format.table;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Write the result there instead of printing it.")
  private Path file;

  void write(PrintWriter out, Supplier<String> table, Supplier<String> json) {
    String report = format == Format.json ? json.get() : table.get();
    if (file == null) {
      out.print(report);
      out.flush();
      return;
    }
    try {
      Files.writeString(file, report);
    } catch (IOException e) {
      throw new EnvironmentException(
          "write %s: %s; name a file in a directory that can be written"
              .formatted(file, e.getClass().getSimpleName()));
    }
  }
}
