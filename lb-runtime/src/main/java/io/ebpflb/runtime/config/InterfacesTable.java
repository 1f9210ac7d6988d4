package io.ebpflb.runtime.config;

import io.ebpflb.api.Doc;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The interfaces of {@code [dataplane]} as they are written. */
record InterfacesTable(
    @Doc("network interfaces that clients and backends are reached by") List<String> interfaces) {
  private static final int INTERFACES_MAX = 64;

  void checkInterfaces() throws Refusal {
    String expected = "expected: interfaces = [\"eth0\", \"eth1\"], each name once";
    if (interfaces.isEmpty()) {
      throw new Refusal("no interface is named", expected);
    }
    if (interfaces.size() > INTERFACES_MAX) {
      throw new Refusal("names more than " + INTERFACES_MAX + " interfaces", expected);
    }
    Set<String> seen = new HashSet<>();
    for (String name : interfaces) {
      if (!name.matches("[^\\s/:]{1,15}") || name.equals(".") || name.equals("..")) {
        throw new Refusal(
            "\"" + Printable.cut(name, 40) + "\" is no interface name",
            "expected: 1 to 15 characters, no blanks, slashes or colons");
      }
      if (!seen.add(name)) {
        throw new Refusal("names \"" + name + "\" twice", expected);
      }
    }
  }
}
