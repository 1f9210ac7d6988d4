package io.ebpflb.runtime.dataplane;

/**
 * The environment refuses what the data plane needs. The message names operation, object, errno and
 * one remedy, and is fit for an operator as it stands.
 */
public final class DataPlaneException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DataPlaneException(String message) {
    super(message);
  }

  public DataPlaneException(String message, Throwable cause) {
    super(message, cause);
  }
}
