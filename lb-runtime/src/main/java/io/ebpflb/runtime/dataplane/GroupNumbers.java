package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.Blueprint.Part;
import io.ebpflb.runtime.dataplane.Blueprint.ServiceIdentity;
import io.ebpflb.runtime.dataplane.Plan.Prefix;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;

/**
 * Which group numbers the parts of a blueprint use. A role keeps its number as long as it can, so
 * that a change of weights is a flip of one group; roles of a part with equal content share one.
 */
record GroupNumbers(Map<Role, Integer> numbers, Map<Integer, Table> tables) {

  static final GroupNumbers NONE = new GroupNumbers(Map.of(), Map.of());

  /**
   * What a group is for.
   *
   * @param source empty for the default group
   */
  record Role(ServiceIdentity service, byte family, Optional<Prefix> source) {
    static Role standard(Part part) {
      return new Role(part.service(), part.family(), Optional.empty());
    }

    static Role route(Part part, Prefix source) {
      return new Role(part.service(), part.family(), Optional.of(source));
    }
  }

  /** A group, whose backends it names, and how finely it deals out. */
  record Table(ServiceIdentity service, GroupContent content, TableSize size) {}

  int number(Role role) {
    return numbers.get(role);
  }

  /** Numbers for this blueprint, most of them these; new ones come from {@code fresh}. */
  GroupNumbers assign(Blueprint blueprint, TableSize size, IntSupplier fresh) {
    Map<Role, Integer> assigned = new HashMap<>();
    Map<Integer, Table> assignedTables = new HashMap<>();
    for (Part part : blueprint.parts()) {
      Map<GroupContent, Integer> ofPart = new HashMap<>();
      Set<Integer> claimed = new HashSet<>();
      Map<Role, GroupContent> roles = roles(part);
      // Old numbers first, all of them: a new role must not take a number from an old one.
      roles.forEach(
          (role, content) -> {
            Integer old = numbers.get(role);
            if (old != null && !ofPart.containsKey(content) && claimed.add(old)) {
              ofPart.put(content, old);
            }
          });
      roles.forEach(
          (role, content) ->
              assigned.put(role, ofPart.computeIfAbsent(content, c -> fresh.getAsInt())));
      ofPart.forEach(
          (content, number) ->
              assignedTables.put(number, new Table(part.service(), content, size)));
    }
    return new GroupNumbers(assigned, assignedTables);
  }

  private static Map<Role, GroupContent> roles(Part part) {
    Map<Role, GroupContent> roles = new LinkedHashMap<>();
    roles.put(Role.standard(part), part.group());
    part.routes().forEach((source, content) -> roles.put(Role.route(part, source), content));
    return roles;
  }
}
