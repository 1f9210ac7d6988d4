package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;

/** Asks the kernel itself, since the bpftool of Debian 12 does not know TCX. */
public final class TcxQuery {
  private static final int PROGRAMS_MAX = 64;

  static {
    LibBpf.load();
    Native.register(TcxQuery.class, "libbpf.so.1");
  }

  private TcxQuery() {}

  private static native int bpf_prog_query(
      int ifindex, int type, int flags, Pointer attachFlags, Pointer ids, Pointer count);

  /** Names of the programs on an interface of this thread's network namespace. */
  static List<String> programs(NetworkLink link, TcDirection direction) {
    return programs(link.ifindex(), direction);
  }

  /** As above, of both directions. */
  public static List<String> programs(int ifindex) {
    List<String> names = new ArrayList<>();
    for (TcDirection direction : TcDirection.values()) {
      names.addAll(programs(ifindex, direction));
    }
    return names;
  }

  private static List<String> programs(int ifindex, TcDirection direction) {
    try (Memory ids = new Memory(4L * PROGRAMS_MAX);
        Memory count = new Memory(4)) {
      count.setInt(0, PROGRAMS_MAX);
      int result = bpf_prog_query(ifindex, direction.tcxType(), 0, Pointer.NULL, ids, count);
      if (result == -Errno.ENOENT) {
        return List.of();
      }
      if (result < 0) {
        throw new IllegalStateException(Errno.name(result));
      }
      List<String> names = new ArrayList<>();
      for (int i = 0; i < count.getInt(0); i++) {
        names.add(ProgramInfo.findName(ids.getInt(4L * i)).orElseThrow());
      }
      return names;
    }
  }
}
