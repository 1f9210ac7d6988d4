package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;

/** Programs of an interface's traffic control, whoever attached them. */
final class TcPrograms {
  private static final int PROGRAMS_MAX = 64;

  private TcPrograms() {}

  /** Whether nobody else has one there. False if the kernel does not tell. */
  static boolean areOurs(NetworkLink link, TcDirection direction) {
    try {
      return tcx(link.ifindex(), direction).stream()
              .allMatch(name -> name.startsWith(ClsactFilters.NAME_PREFIX))
          && ClsactFilters.areOurs(link, direction);
    } catch (DataPlaneException e) {
      return false;
    }
  }

  /**
   * Names of the programs that TCX runs, in their order. A kernel without TCX (before 6.6) has
   * none.
   *
   * @throws DataPlaneException if the interface is gone
   */
  static List<String> tcx(int ifindex, TcDirection direction) {
    try (Memory ids = new Memory((long) Integer.BYTES * PROGRAMS_MAX);
        Memory count = new Memory(Integer.BYTES)) {
      count.setInt(0, PROGRAMS_MAX);
      int result = LibBpf.bpf_prog_query(ifindex, direction.tcxType(), 0, Pointer.NULL, ids, count);
      if (result == -Errno.ENOENT || result == -Errno.EINVAL) {
        return List.of();
      }
      if (result < 0) {
        throw new DataPlaneException(
            "list the TCX programs of interface %d: %s".formatted(ifindex, Errno.name(-result)));
      }
      List<String> names = new ArrayList<>();
      for (int i = 0; i < count.getInt(0); i++) {
        names.add(ProgramInfo.findName(ids.getInt((long) Integer.BYTES * i)).orElse("?"));
      }
      return names;
    }
  }
}
