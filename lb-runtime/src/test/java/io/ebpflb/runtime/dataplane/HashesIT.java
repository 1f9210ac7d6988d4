package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java hash functions against {@code hash.h} itself, compiled for this host. */
class HashesIT {
  private static final int VECTORS = 10_000;

  private static final String PROGRAM =
      """
      #include <stdio.h>
      #include <linux/types.h>
      #ifndef __always_inline
      #define __always_inline inline __attribute__((always_inline))
      #endif
      #include "hash.h"
      int main(void)
      {
        unsigned a, b, c, d, sp, dp, proto;
        while (scanf("%u %u %u %u %u %u %u", &a, &b, &c, &d, &sp, &dp, &proto) == 7) {
          __be32 addr[4] = {a, b, c, d};
          printf("%u %u %u\\n", lb_fold_address(addr), lb_filter_hash(a, sp, proto),
                 lb_selection_hash(a, b, sp, dp, proto));
        }
        return 0;
      }
      """;

  @TempDir Path directory;

  @Test
  void javaAndCAgree() throws Exception {
    Path binary = compile();
    List<String> inputs = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    Random random = new Random(1);
    for (int i = 0; i < VECTORS; i++) {
      int[] address = random.ints(4).toArray();
      int clientPort = random.nextInt(65_536);
      int port = random.nextInt(65_536);
      int protocol = random.nextBoolean() ? 6 : 17;
      inputs.add(
          "%s %s %s %s %d %d %d"
              .formatted(
                  text(address[0]),
                  text(address[1]),
                  text(address[2]),
                  text(address[3]),
                  Hashes.portWord(clientPort),
                  Hashes.portWord(port),
                  protocol));
      expected.add(
          text(Hashes.foldAddress(address[0], address[1], address[2], address[3]))
              + " "
              + Hashes.filterBit(address[0], clientPort, protocol)
              + " "
              + text(
                  Hashes.selection(
                      address[0],
                      address[1],
                      Hashes.portWord(clientPort),
                      Hashes.portWord(port),
                      protocol)));
    }
    Path input = Files.write(directory.resolve("input"), inputs);

    assertThat(run(input, List.of(binary.toString()))).isEqualTo(expected);
  }

  private Path compile() throws Exception {
    Path source = Files.writeString(directory.resolve("hash.c"), PROGRAM);
    Path binary = directory.resolve("hash");
    Path headers = Path.of("../bpf/src").toAbsolutePath().normalize();
    Path nothing = Files.createFile(directory.resolve("nothing"));
    run(
        nothing,
        List.of("clang", "-O2", "-I" + headers, "-o", binary.toString(), source.toString()));
    return binary;
  }

  private List<String> run(Path input, List<String> command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(directory, "output", "");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(input.toFile())
            .redirectOutput(output.toFile())
            .redirectErrorStream(true)
            .start();
    int exit = process.waitFor();
    List<String> lines = Files.readAllLines(output);
    assertThat(exit).as("%s: %s", command, lines).isZero();
    return lines;
  }

  private static String text(int word) {
    return Integer.toUnsignedString(word);
  }
}
