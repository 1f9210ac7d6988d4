package io.ebpflb.runtime.bench.traffic;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Parts of the bench that run as small processes of their own, so that they can be pinned. */
public final class JavaProcess {
  private JavaProcess() {}

  public static List<String> command(Class<?> main, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }
}
