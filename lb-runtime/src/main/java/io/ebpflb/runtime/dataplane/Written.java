package io.ebpflb.runtime.dataplane;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What a map is known to hold. Writes only differences; after a failed write the element counts as
 * unknown and is written again.
 */
final class Written<K, V> {
  private final BiConsumer<K, V> put;
  private final Consumer<K> remove;

  /** Empty: the element may hold anything, or may not exist. */
  private final Map<K, Optional<V>> elements = new HashMap<>();

  Written(BiConsumer<K, V> put, Consumer<K> remove) {
    this.put = put;
    this.remove = remove;
  }

  void put(K key, V value) {
    Optional<V> wanted = Optional.of(value);
    if (wanted.equals(elements.get(key))) {
      return;
    }
    elements.put(key, Optional.empty());
    put.accept(key, value);
    elements.put(key, wanted);
  }

  /** The map holds this already, unless something was written or removed there. */
  void assume(K key, V value) {
    elements.putIfAbsent(key, Optional.of(value));
  }

  void putAll(Map<K, V> wanted) {
    wanted.forEach(this::put);
  }

  /** Removes all elements but these. */
  void retain(Set<K> wanted) {
    for (K key : Set.copyOf(elements.keySet())) {
      if (!wanted.contains(key)) {
        elements.put(key, Optional.empty());
        remove.accept(key);
        elements.remove(key);
      }
    }
  }

  /** How many elements there are while both these and what is written now are in the map. */
  int sizeWith(Set<K> wanted) {
    int size = elements.size();
    for (K key : wanted) {
      if (!elements.containsKey(key)) {
        size++;
      }
    }
    return size;
  }

  int size() {
    return elements.size();
  }
}
