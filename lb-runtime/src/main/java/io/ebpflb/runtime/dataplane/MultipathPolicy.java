package io.ebpflb.runtime.dataplane;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** By what the kernel shares flows out among the ways of a multipath route. */
final class MultipathPolicy {
  /** Layer 3: addresses, and the protocol or the flow label. */
  private static final String BY_ADDRESS = "0";

  private MultipathPolicy() {}

  /**
   * Whether ports count, in either family. The calling thread's network namespace decides. What
   * cannot be read is not there: a kernel without one of the families.
   */
  static boolean sharesOutByPort() {
    return Stream.of("ipv4", "ipv6").anyMatch(MultipathPolicy::sharesOutByPort);
  }

  private static boolean sharesOutByPort(String family) {
    try {
      Path policy = Path.of("/proc/sys/net", family, "fib_multipath_hash_policy");
      return !Files.readString(policy).strip().equals(BY_ADDRESS);
    } catch (IOException e) {
      return false;
    }
  }
}
