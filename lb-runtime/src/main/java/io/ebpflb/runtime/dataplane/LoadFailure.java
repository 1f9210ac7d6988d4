package io.ebpflb.runtime.dataplane;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Words for a refused load: what, why as far as can be told, and what to do. */
final class LoadFailure {
  private static final int LOG_LINES_SHOWN = 20;

  private LoadFailure() {}

  static DataPlaneException of(String object, int result, String verifierLog) {
    int errno = -result;
    String what = "load BPF object %s: %s".formatted(object, Errno.name(errno));
    if (errno == Errno.EPERM) {
      return new DataPlaneException(what + "; " + Capabilities.remedy());
    }
    if (!verifierLog.isBlank()) {
      return new DataPlaneException(what + "; " + refused(verifierLog));
    }
    return new DataPlaneException(
        "%s; kernel %s lacks what the programs need, %s or later has it%s"
            .formatted(what, Kernel.release(), Kernel.OLDEST_SUPPORTED, libraryMessages()));
  }

  private static String refused(String verifierLog) {
    List<String> lines = verifierLog.lines().filter(line -> !line.isBlank()).toList();
    String end =
        lines.stream()
            .skip(Math.max(0, lines.size() - LOG_LINES_SHOWN))
            .map(line -> "    " + line)
            .collect(Collectors.joining("\n"));
    return "kernel %s refuses a program; the verifier's log is in %s and ends:%n%s"
        .formatted(Kernel.release(), write(verifierLog), end);
  }

  private static String write(String verifierLog) {
    try {
      Path file = Files.createTempFile("lb-verifier-", ".log");
      Files.writeString(file, verifierLog);
      return file.toString();
    } catch (IOException e) {
      return "no file (" + e.getMessage() + ")";
    }
  }

  /** What libbpf said meanwhile, indented below the first line; empty if nothing. */
  static String libraryMessages() {
    return LibBpfMessages.drain().stream()
        .flatMap(String::lines)
        .map(line -> "\n    " + line)
        .collect(Collectors.joining());
  }
}
