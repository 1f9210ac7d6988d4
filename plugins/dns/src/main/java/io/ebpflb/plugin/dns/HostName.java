package io.ebpflb.plugin.dns;

/** What a host name is: labels of letters, digits, hyphens and underscores. */
final class HostName {
  private static final int LENGTH_MAX = 253;

  private HostName() {}

  /**
   * @throws IllegalArgumentException saying what is wrong
   */
  static void require(String name) {
    String whole = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    boolean isName =
        whole.length() <= LENGTH_MAX
            && whole.matches("[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*")
            && !whole.matches("[0-9.]+");
    if (!isName) {
      throw new IllegalArgumentException("\"" + name + "\" is not a host name");
    }
  }
}
