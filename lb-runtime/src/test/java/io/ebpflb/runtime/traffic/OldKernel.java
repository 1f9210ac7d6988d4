package io.ebpflb.runtime.traffic;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A library that makes the kernel look like one without some feature, for a process preloading it.
 */
final class OldKernel {
  private static final String SOURCE = "old-kernel.c";

  private OldKernel() {}

  /** Compiles it, and says where it is. */
  static Path library() throws IOException, InterruptedException {
    Path source = Checkout.scratch().resolve(SOURCE);
    Path library = Checkout.scratch().resolve("old-kernel.so");
    try (InputStream in = OldKernel.class.getResourceAsStream(SOURCE)) {
      Files.write(source, in.readAllBytes());
    }
    Process compiler =
        new ProcessBuilder(
                "clang",
                "-O1",
                "-Wall",
                "-Werror",
                "-shared",
                "-fPIC",
                "-o",
                library.toString(),
                source.toString())
            .inheritIO()
            .start();
    if (compiler.waitFor() != 0) {
      throw new IOException("clang does not compile " + source);
    }
    return library;
  }
}
