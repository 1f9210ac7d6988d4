package io.ebpflb.plugin.dns;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The last good addresses of the names that a target leads to. When one family or one server of a
 * service cannot be asked for, the others' answers count and its own stays.
 */
final class LastGood {
  static final Addresses NONE = new Addresses(List.of(), Long.MAX_VALUE, false);

  /**
   * @param exists whether the name does, even if without addresses
   */
  record Addresses(List<InetAddress> addresses, long ttlSeconds, boolean exists) {
    Addresses and(Addresses other) {
      List<InetAddress> both = new ArrayList<>(addresses);
      both.addAll(other.addresses);
      return new Addresses(both, Math.min(ttlSeconds, other.ttlSeconds), exists || other.exists);
    }
  }

  private record Question(String name, int type) {}

  private Map<Question, Addresses> before = Map.of();
  private Map<Question, Addresses> now = new HashMap<>();

  /** A resolution begins: names that the last one did not lead to are forgotten. */
  void begin() {
    if (!now.isEmpty()) {
      before = now;
      now = new HashMap<>();
    }
  }

  void keep(String name, int type, Addresses addresses) {
    now.put(new Question(name, type), addresses);
  }

  /** What was found the last time; it holds a second, so that asking goes on soon. */
  Addresses find(String name, int type) {
    Addresses last = before.getOrDefault(new Question(name, type), NONE);
    if (!last.addresses().isEmpty()) {
      now.put(new Question(name, type), last);
    }
    long ttlSeconds = last.addresses().isEmpty() ? Long.MAX_VALUE : 1;
    return new Addresses(last.addresses(), ttlSeconds, last.exists());
  }
}
