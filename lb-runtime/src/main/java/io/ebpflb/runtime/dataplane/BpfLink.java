package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.Optional;

/** An attachment that the kernel ends with this process, however that ends. */
final class BpfLink implements Attachment {
  private static final int OPTIONS_BYTES = 16;

  private int fd;

  private BpfLink(int fd) {
    this.fd = fd;
  }

  /**
   * @param mode one of XDP's
   * @throws AttachException if the kernel refuses
   */
  static BpfLink xdp(BpfProgram program, NetworkLink link, AttachMode mode) {
    try (Memory options = new Memory(OPTIONS_BYTES)) {
      options.clear();
      options.setLong(0, OPTIONS_BYTES);
      options.setInt(
          8, mode == AttachMode.XDP_NATIVE ? LibBpf.XDP_FLAGS_DRV_MODE : LibBpf.XDP_FLAGS_SKB_MODE);
      int fd = LibBpf.bpf_link_create(program.fd(), link.ifindex(), LibBpf.BPF_XDP, options);
      if (fd < 0) {
        throw AttachException.xdp(link, mode, -fd);
      }
      return new BpfLink(fd);
    }
  }

  /**
   * @return empty if the kernel has no TCX (before 6.6)
   * @throws AttachException if the kernel refuses
   */
  static Optional<BpfLink> tcx(BpfProgram program, NetworkLink link, TcDirection direction) {
    int fd =
        LibBpf.bpf_link_create(program.fd(), link.ifindex(), direction.tcxType(), Pointer.NULL);
    if (fd == -Errno.EINVAL) {
      return Optional.empty();
    }
    if (fd < 0) {
      throw AttachException.tc(link, "TCX " + direction.title(), -fd);
    }
    return Optional.of(new BpfLink(fd));
  }

  @Override
  public void close() {
    if (fd >= 0) {
      LibC.close(fd);
      fd = -1;
    }
  }
}
