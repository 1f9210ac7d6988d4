package io.ebpflb.runtime.plugin;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * What a plugin's exception says, in one line. The exception itself is never kept: it would pin the
 * plugin's class loader, and its methods are the plugin's code.
 */
final class FailureText {
  private static final int LENGTH_MAX = 500;
  private static final int WRAPPERS_MAX = 8;

  private FailureText() {}

  /** Never throws. To be called on the plugin's own thread, for it runs the plugin's code. */
  static String of(Throwable failure) {
    try {
      Throwable cause = unwrap(failure);
      String name = cause.getClass().getSimpleName();
      String message = cause.getMessage();
      if (message == null || message.isBlank()) {
        return clip(name);
      }
      boolean plain = isExpected(cause) || cause instanceof ExtensionException;
      return clip(plain ? message : name + ": " + message);
    } catch (Throwable ofTheFailureItself) {
      return failure.getClass().getName();
    }
  }

  static String late(Duration deadline) {
    long millis = deadline.toMillis();
    return "no answer within " + (millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms");
  }

  /** Whether it tells of the world (a refused connection, refused settings), not of a defect. */
  static boolean isExpected(Throwable failure) {
    Throwable cause = unwrap(failure);
    return cause instanceof IOException
        || cause instanceof CancellationException
        || cause.getClass() == IllegalArgumentException.class;
  }

  /** One line of printable text, not too long for a log or a status page. */
  static String clip(String text) {
    String shortened = text.length() > LENGTH_MAX ? text.substring(0, LENGTH_MAX) + "..." : text;
    return shortened.replaceAll("\\p{Cntrl}+", " ").strip();
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; i < WRAPPERS_MAX; i++) {
      boolean wrapper =
          cause instanceof CompletionException
              || cause instanceof ExecutionException
              || cause instanceof ExceptionInInitializerError;
      if (!wrapper || cause.getCause() == null) {
        break;
      }
      cause = cause.getCause();
    }
    return cause;
  }
}
