package io.ebpflb.runtime.dataplane;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** The C library's calls that Java lacks. Each returns -1 on failure and leaves {@link #errno}. */
final class LibC {
  static final int O_CLOEXEC = 0x80000;
  static final int CLONE_NEWNET = 0x40000000;

  static final long MAP_FAILED = -1;
  static final int PROT_READ = 1;
  static final int PROT_WRITE = 2;
  static final int MAP_SHARED = 1;

  static final short POLLIN = 1;

  private static final long SYS_MEMBARRIER = isArm64() ? 283 : 324;
  private static final int MEMBARRIER_CMD_GLOBAL = 1;

  static {
    Native.register(LibC.class, "c");
  }

  private LibC() {}

  static native int getpagesize();

  static native int open(String path, int flags);

  static native int close(int fd);

  static native long read(int fd, Pointer buffer, long size);

  static native long write(int fd, Pointer buffer, long size);

  static native int eventfd(int initial, int flags);

  static native int poll(Pointer fds, long count, int timeoutMillis);

  static native int setns(int fd, int kind);

  static native long mmap(long address, long size, int protection, int flags, int fd, long offset);

  static native int munmap(long address, long size);

  static native int socket(int domain, int type, int protocol);

  static native int bind(int fd, Pointer address, int size);

  static native int setsockopt(int fd, int level, int option, Pointer value, int size);

  static native long send(int fd, Pointer buffer, long size, int flags);

  static native long recv(int fd, Pointer buffer, long size, int flags);

  static native int ioctl(int fd, long request, Pointer argument);

  /** Of the calling thread, if {@code thread} is 0. */
  static native int sched_setaffinity(int thread, long size, Pointer mask);

  private static native long syscall(long number, long first, long second, long third);

  /** Of this thread's last call through here. */
  static int errno() {
    return Native.getLastError();
  }

  /**
   * Waits until every packet that was in the data path has left it. Takes some milliseconds.
   *
   * @return whether the kernel offers this
   */
  static boolean awaitGracePeriod() {
    return syscall(SYS_MEMBARRIER, MEMBARRIER_CMD_GLOBAL, 0, 0) == 0;
  }

  private static boolean isArm64() {
    return System.getProperty("os.arch").equals("aarch64");
  }
}
