package io.ebpflb.api;

import java.util.Objects;

/** The outcome of one health check. */
public final class CheckResult {
  private final boolean passed;
  private final String detail;

  private CheckResult(boolean passed, String detail) {
    this.passed = passed;
    this.detail = Objects.requireNonNull(detail, "detail");
  }

  /**
   * @param detail what was seen, for the operator, for example {@code HTTP 200}
   */
  public static CheckResult passed(String detail) {
    return new CheckResult(true, detail);
  }

  /**
   * @param detail what was wrong, for the operator, for example {@code HTTP 503, expected 200}
   */
  public static CheckResult failed(String detail) {
    return new CheckResult(false, detail);
  }

  public boolean isPassed() {
    return passed;
  }

  public String detail() {
    return detail;
  }

  @Override
  public String toString() {
    return (passed ? "passed: " : "failed: ") + detail;
  }
}
