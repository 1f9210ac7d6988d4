package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;
import java.util.Optional;

/** What the kernel tells about a loaded program. */
final class ProgramInfo {
  /** {@code struct bpf_prog_info} up to the name and its end. */
  private static final int BYTES = 80;

  private static final int NAME_OFFSET = 64;

  private ProgramInfo() {}

  /** The name of the program with this id, cut by the kernel to 15 characters. */
  static Optional<String> findName(int id) {
    int fd = LibBpf.bpf_prog_get_fd_by_id(id);
    if (fd < 0) {
      return Optional.empty();
    }
    try (Memory info = new Memory(BYTES);
        Memory size = new Memory(Integer.BYTES)) {
      info.clear();
      size.setInt(0, BYTES);
      return LibBpf.bpf_obj_get_info_by_fd(fd, info, size) < 0
          ? Optional.empty()
          : Optional.of(info.getString(NAME_OFFSET));
    } finally {
      LibC.close(fd);
    }
  }
}
