package io.ebpflb.runtime.dataplane;

import java.util.Map;

/** Error numbers of Linux by name. Numbers are those of x86-64 and arm64. */
final class Errno {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int EBUSY = 16;
  static final int EEXIST = 17;
  static final int ENODEV = 19;
  static final int EINVAL = 22;
  static final int EOPNOTSUPP = 95;
  static final int ENOBUFS = 105;

  /** The kernel's own, not for user space by intent, but batch operations return it. */
  static final int ENOTSUPP = 524;

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(EPERM, "EPERM"),
          Map.entry(ENOENT, "ENOENT"),
          Map.entry(EINTR, "EINTR"),
          Map.entry(5, "EIO"),
          Map.entry(7, "E2BIG"),
          Map.entry(9, "EBADF"),
          Map.entry(EAGAIN, "EAGAIN"),
          Map.entry(12, "ENOMEM"),
          Map.entry(13, "EACCES"),
          Map.entry(14, "EFAULT"),
          Map.entry(EBUSY, "EBUSY"),
          Map.entry(EEXIST, "EEXIST"),
          Map.entry(ENODEV, "ENODEV"),
          Map.entry(EINVAL, "EINVAL"),
          Map.entry(24, "EMFILE"),
          Map.entry(28, "ENOSPC"),
          Map.entry(34, "ERANGE"),
          Map.entry(38, "ENOSYS"),
          Map.entry(EOPNOTSUPP, "EOPNOTSUPP"),
          Map.entry(100, "ENETDOWN"),
          Map.entry(ENOBUFS, "ENOBUFS"),
          Map.entry(ENOTSUPP, "ENOTSUPP"));

  private Errno() {}

  /**
   * @param code positive or negative, as the call returned it
   */
  static String name(int code) {
    int number = Math.abs(code);
    return NAMES.getOrDefault(number, "error " + number);
  }
}
