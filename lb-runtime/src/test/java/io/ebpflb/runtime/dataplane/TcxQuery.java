package io.ebpflb.runtime.dataplane;

import java.util.Arrays;
import java.util.List;

/** Asks the kernel itself, since the bpftool of Debian 12 does not know TCX. */
public final class TcxQuery {
  static {
    LibBpf.load();
  }

  private TcxQuery() {}

  /** Names of the programs on an interface of this thread's network namespace. */
  static List<String> programs(NetworkLink link, TcDirection direction) {
    return TcPrograms.tcx(link.ifindex(), direction);
  }

  /** As above, of both directions. */
  public static List<String> programs(int ifindex) {
    return Arrays.stream(TcDirection.values())
        .flatMap(direction -> TcPrograms.tcx(ifindex, direction).stream())
        .toList();
  }
}
