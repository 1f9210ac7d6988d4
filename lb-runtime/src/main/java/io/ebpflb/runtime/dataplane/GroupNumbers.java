package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.Blueprint.ServiceIdentity;
import io.ebpflb.runtime.dataplane.Plan.Prefix;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;

/**
 * Which group numbers the parts of a blueprint use. A role keeps its number as long as it can, so
 * that a change of weights is a flip of one group; roles of a part with equal content share one.
 *
 * @param tables those of all parts
 */
record GroupNumbers(Map<Owner, OfPart> parts, Map<Integer, Table> tables) {

  private static final int NO_NUMBER = -1;

  static final GroupNumbers NONE = new GroupNumbers(Map.of(), Map.of());

  /** A group, whose backends it names, and how finely it deals out. */
  record Table(ServiceIdentity service, GroupContent content, TableSize size) {}

  /** Whose groups they are: a part, however its service may change. */
  record Owner(ServiceIdentity service, byte family) {
    static Owner of(ServicePart part) {
      return new Owner(part.identity(), part.family());
    }

    // Written out: what a record generates is slow until compiled, and a plan has thousands.
    @Override
    public boolean equals(Object other) {
      return other instanceof Owner that && family == that.family && service.equals(that.service);
    }

    @Override
    public int hashCode() {
      return service.hashCode() * 31 + family;
    }
  }

  /**
   * The groups of one part.
   *
   * @param roles what each is for: a source route, or, without one, the default group
   */
  record OfPart(
      ServicePart part,
      TableSize size,
      Map<Optional<Prefix>, Integer> roles,
      Map<Integer, Table> tables) {

    static final OfPart NONE = new OfPart(null, null, Map.of(), Map.of());

    boolean isOf(ServicePart other, TableSize otherSize) {
      return part == other && Objects.equals(size, otherSize);
    }

    /** Numbers for this part, most of them these; new ones come from {@code fresh}. */
    OfPart assign(ServicePart next, TableSize nextSize, IntSupplier fresh) {
      Map<Optional<Prefix>, GroupContent> wanted = new LinkedHashMap<>();
      wanted.put(Optional.empty(), next.group());
      next.routes().forEach((source, content) -> wanted.put(Optional.of(source), content));

      Map<GroupContent, Integer> numbers = new HashMap<>();
      Set<Integer> claimed = new HashSet<>();
      // Old numbers first, all of them: a new role must not take a number from an old one.
      wanted.forEach(
          (role, content) -> {
            Integer old = roles.get(role);
            if (old != null && !numbers.containsKey(content) && claimed.add(old)) {
              numbers.put(content, old);
            }
          });
      Map<Optional<Prefix>, Integer> assigned = new HashMap<>();
      wanted.forEach(
          (role, content) ->
              assigned.put(role, numbers.computeIfAbsent(content, c -> fresh.getAsInt())));
      Map<Integer, Table> tables = new HashMap<>();
      numbers.forEach(
          (content, number) -> tables.put(number, new Table(next.identity(), content, nextSize)));
      return new OfPart(next, nextSize, assigned, tables);
    }
  }

  /** The number of a source route's group; without one, of the default group. */
  int number(ServicePart part, Optional<Prefix> source) {
    return parts.get(Owner.of(part)).roles().get(source);
  }

  /**
   * Numbers after these parts have changed; empty if one of their roles needs another than it has.
   */
  Optional<GroupNumbers> following(List<ServicePart> changed, TableSize size) {
    Map<Owner, OfPart> nextParts = new LinkedHashMap<>(parts);
    Map<Integer, Table> nextTables = new HashMap<>(tables);
    for (ServicePart part : changed) {
      OfPart before = parts.get(Owner.of(part));
      OfPart now = before.assign(part, size, () -> NO_NUMBER);
      if (!now.roles().equals(before.roles())) {
        return Optional.empty();
      }
      nextParts.put(Owner.of(part), now);
      nextTables.putAll(now.tables());
    }
    return Optional.of(new GroupNumbers(nextParts, nextTables));
  }

  /** Those of these parts. */
  Map<Integer, Table> tables(List<ServicePart> some) {
    Map<Integer, Table> ofThese = new HashMap<>();
    some.forEach(part -> ofThese.putAll(parts.get(Owner.of(part)).tables()));
    return ofThese;
  }

  /** Numbers for this blueprint, most of them these; new ones come from {@code fresh}. */
  GroupNumbers assign(Blueprint blueprint, TableSize size, IntSupplier fresh) {
    Map<Owner, OfPart> assigned = new LinkedHashMap<>();
    Map<Integer, Table> tables = new HashMap<>();
    for (ServicePart part : blueprint.parts()) {
      Owner owner = Owner.of(part);
      OfPart before = parts.getOrDefault(owner, OfPart.NONE);
      OfPart now = before.isOf(part, size) ? before : before.assign(part, size, fresh);
      assigned.put(owner, now);
      tables.putAll(now.tables());
    }
    return new GroupNumbers(assigned, tables);
  }
}
