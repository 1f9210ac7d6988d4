package io.ebpflb.runtime.dataplane;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what libbpf would print to standard error: logged at DEBUG, since each failure also becomes
 * an exception, and the last warnings kept for that exception's text.
 */
final class LibBpfMessages implements LibBpf.Print {
  private static final Logger LOG = LoggerFactory.getLogger(LibBpfMessages.class);
  private static final int LEVEL_WARN = 0;
  private static final int LEVEL_DEBUG = 2;
  private static final int KEPT = 20;
  private static final int MESSAGE_BYTES_MAX = 4096;

  private static final Deque<String> WARNINGS = new ArrayDeque<>();

  private final Function format = NativeLibrary.getInstance("c").getFunction("vsnprintf");

  @Override
  public int print(int level, Pointer text, Pointer arguments) {
    if (level == LEVEL_DEBUG) {
      return 0;
    }
    try (Memory buffer = new Memory(MESSAGE_BYTES_MAX)) {
      format.invokeInt(new Object[] {buffer, (long) MESSAGE_BYTES_MAX, text, arguments});
      String message = buffer.getString(0).strip();
      LOG.debug("{}", message);
      if (level == LEVEL_WARN) {
        keep(message);
      }
    }
    return 0;
  }

  private static void keep(String message) {
    synchronized (WARNINGS) {
      if (WARNINGS.size() == KEPT) {
        WARNINGS.removeFirst();
      }
      WARNINGS.addLast(message);
    }
  }

  /** The warnings since the last call, oldest first. */
  static List<String> drain() {
    synchronized (WARNINGS) {
      List<String> all = List.copyOf(WARNINGS);
      WARNINGS.clear();
      return all;
    }
  }
}
