package io.ebpflb.runtime.dataplane;

import com.sun.jna.Memory;

/** Wakes a thread that waits in {@code poll}. */
final class EventFd implements AutoCloseable {
  private final int fd;

  EventFd() {
    this.fd = LibC.eventfd(0, LibC.O_CLOEXEC);
    if (fd < 0) {
      throw new DataPlaneException("create an event descriptor: " + Errno.name(LibC.errno()));
    }
  }

  int fd() {
    return fd;
  }

  void signal() {
    try (Memory one = new Memory(Long.BYTES)) {
      one.setLong(0, 1);
      LibC.write(fd, one, Long.BYTES);
    }
  }

  @Override
  public void close() {
    LibC.close(fd);
  }
}
