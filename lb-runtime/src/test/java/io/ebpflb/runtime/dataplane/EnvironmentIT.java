package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.config.Configuration.DataPlaneSettings;
import io.ebpflb.runtime.config.Configuration.Hook;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a process says that is not allowed, or not able, to load the programs. */
class EnvironmentIT {
  /** Tries, in a process of its own, and prints why not. */
  public static final class Attempt {
    private Attempt() {}

    public static void main(String[] arguments) {
      Duration second = Duration.ofSeconds(1);
      DataPlaneSettings settings =
          new DataPlaneSettings(
              List.of("lo"),
              Hook.XDP_GENERIC,
              100,
              16,
              16,
              16,
              4096,
              second,
              second,
              second,
              second,
              false);
      try (Datapath datapath = Datapath.open(settings, NetworkLink::list)) {
        System.out.println(datapath.description());
      } catch (DataPlaneException e) {
        System.out.println("REFUSED " + e.getMessage());
      }
    }
  }

  private static String attempt(String... wrapper) throws Exception {
    List<String> command = new ArrayList<>(List.of(wrapper));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Attempt.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  @Test
  void opensInANamespaceOfItsOwn() throws Exception {
    assertThat(attempt("unshare", "-n")).contains("xdp (generic) on lo").doesNotContain("REFUSED");
  }

  @Test
  void namesMissingCapabilities() throws Exception {
    assertThat(attempt("setpriv", "--bounding-set", "-sys_admin,-bpf,-perfmon,-net_admin"))
        .contains(
            "REFUSED load BPF programs: EPERM; the process lacks CAP_BPF, CAP_NET_ADMIN,"
                + " CAP_PERFMON: run as root, or grant them (docker run --cap-add BPF"
                + " --cap-add NET_ADMIN --cap-add PERFMON)\n");
  }

  @Test
  void namesAUserNamespaceThatForbidsIt() throws Exception {
    assertThat(attempt("unshare", "-Urn"))
        .contains("REFUSED load BPF object lb.bpf.o: EPERM; the process holds the capabilities, so")
        .contains("a user namespace (rootless container)");
  }

  @Test
  void namesAMissingLibrary() throws Exception {
    String hide =
        "for f in /usr/lib/*/libbpf.so.1 /usr/lib64/libbpf.so.1 /lib/*/libbpf.so.1; do"
            + " [ -e $f ] && mount --bind /dev/null $f; done; exec \"$@\"";
    assertThat(attempt("unshare", "-m", "sh", "-c", hide, "sh"))
        .contains(
            "REFUSED load libbpf.so.1: not found, or not usable; install libbpf 1.0 or later");
  }
}
