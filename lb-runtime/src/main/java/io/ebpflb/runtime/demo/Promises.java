package io.ebpflb.runtime.demo;

/** What the demo promises, compared with what was seen. */
final class Promises {
  private final Screen screen;
  private boolean allKept = true;

  Promises(Screen screen) {
    this.screen = screen;
  }

  void check(boolean isKept, String text, Object... arguments) {
    allKept &= isKept;
    screen.verdict(isKept, text.formatted(arguments));
  }

  boolean allKept() {
    return allKept;
  }
}
