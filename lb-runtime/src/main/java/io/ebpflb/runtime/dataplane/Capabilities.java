package io.ebpflb.runtime.dataplane;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the kernel demands of a process that loads and attaches the programs. */
final class Capabilities {
  private static final int NET_ADMIN = 12;
  private static final int SYS_ADMIN = 21;
  private static final int PERFMON = 38;
  private static final int BPF = 39;

  private Capabilities() {}

  /**
   * @throws DataPlaneException naming the missing ones
   */
  static void require() {
    if (!missing(effective()).isEmpty()) {
      throw new DataPlaneException("load BPF programs: EPERM; " + remedy());
    }
  }

  /** Why a load was not permitted and what helps. */
  static String remedy() {
    List<String> missing = missing(effective());
    if (missing.isEmpty()) {
      return "the process holds the capabilities, so a user namespace (rootless container) or a"
          + " security module forbids it: run it in the host's user namespace";
    }
    return "the process lacks %s: run as root, or grant them (docker run%s)"
        .formatted(
            String.join(", ", missing),
            missing.stream()
                .map(name -> " --cap-add " + name.substring("CAP_".length()))
                .reduce("", String::concat));
  }

  static List<String> missing(long effective) {
    List<String> missing = new ArrayList<>();
    boolean admin = has(effective, SYS_ADMIN);
    if (!admin && !has(effective, BPF)) {
      missing.add("CAP_BPF");
    }
    if (!has(effective, NET_ADMIN)) {
      missing.add("CAP_NET_ADMIN");
    }
    // The verifier allows the programs' pointer arithmetic and loops only with this one.
    if (!admin && !has(effective, PERFMON)) {
      missing.add("CAP_PERFMON");
    }
    return missing;
  }

  private static boolean has(long set, int capability) {
    return (set >>> capability & 1) != 0;
  }

  /** All set if it cannot be told: then the kernel's own refusal speaks. */
  private static long effective() {
    try {
      return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
          .filter(line -> line.startsWith("CapEff:"))
          .findFirst()
          .map(line -> new BigInteger(line.substring("CapEff:".length()).strip(), 16).longValue())
          .orElse(-1L);
    } catch (IOException e) {
      return -1;
    }
  }
}
