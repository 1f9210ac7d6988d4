package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoadFailureTest {
  @Test
  void showsTheEndOfTheVerifiersLogAndWhereTheRestIs() throws Exception {
    String log =
        IntStream.rangeClosed(1, 100)
            .mapToObj(i -> i + ": (b7) r0 = 0")
            .collect(Collectors.joining("\n"));
    String message = LoadFailure.of("lb.bpf.o", -Errno.EINVAL, log).getMessage();
    assertThat(message)
        .startsWith("load BPF object lb.bpf.o: EINVAL; kernel ")
        .contains("\n    81: (b7) r0 = 0\n")
        .endsWith("\n    100: (b7) r0 = 0")
        .doesNotContain(" 80: ");
    Matcher file = Pattern.compile("log is in (\\S+) and ends").matcher(message);
    assertThat(file.find()).isTrue();
    Path path = Path.of(file.group(1));
    try {
      assertThat(Files.readString(path)).isEqualTo(log);
    } finally {
      Files.delete(path);
    }
  }

  @Test
  void blamesTheKernelWhenThereIsNoLog() {
    assertThat(LoadFailure.of("lb.bpf.o", -Errno.EINVAL, "").getMessage())
        .startsWith("load BPF object lb.bpf.o: EINVAL; kernel ")
        .contains("lacks what the programs need, 6.1 or later has it");
  }
}
