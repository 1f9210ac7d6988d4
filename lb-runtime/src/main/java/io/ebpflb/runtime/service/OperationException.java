package io.ebpflb.runtime.service;

import java.util.List;

/** An operation that was not done. Its message is for the operator and stands alone. */
public final class OperationException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public enum Kind {
    UNKNOWN_SERVICE,
    UNKNOWN_BACKEND,
    /** A value that makes no sense, such as a negative weight. */
    INVALID,
    /** It makes no sense for this service or backend as they are now. */
    NOT_POSSIBLE,
    /** It is in force, but would not survive a restart. */
    NOT_KEPT
  }

  private final Kind kind;
  private final transient List<String> nearNames;

  OperationException(Kind kind, String message) {
    this(kind, message, List.of());
  }

  public OperationException(Kind kind, String message, List<String> nearNames) {
    super(message, null, false, false);
    this.kind = kind;
    this.nearNames = List.copyOf(nearNames);
  }

  public Kind kind() {
    return kind;
  }

  /** What may have been meant by an unknown name, the nearest first; at most three. */
  public List<String> nearNames() {
    return nearNames;
  }
}
