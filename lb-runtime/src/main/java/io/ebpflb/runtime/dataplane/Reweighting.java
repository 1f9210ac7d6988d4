package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.GroupNumbers.Table;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be written for a plan that differs from what the maps hold by weights alone, as it
 * does with each verdict of a check: the tables of a few groups. With thousands of services this
 * costs a glance at each, where any other change works out all that the maps shall hold.
 *
 * @param groups the same numbers, for the next plan
 * @param tables those that change, by group
 */
record Reweighting(GroupNumbers groups, Map<Integer, Table> tables) {

  /**
   * Empty if more than weights differ.
   *
   * @param groups those of what is written
   * @param size of all tables, written and next
   */
  static Optional<Reweighting> between(
      Blueprint written, Blueprint next, GroupNumbers groups, TableSize size) {
    if (!next.departing().equals(written.departing())
        || !next.claims().equals(written.claims())
        || next.parts().size() != written.parts().size()
        || !haveSameKeys(written.keys(), next.keys())) {
      return Optional.empty();
    }
    List<ServicePart> changed = new ArrayList<>();
    for (int i = 0; i < next.parts().size(); i++) {
      ServicePart part = next.parts().get(i);
      ServicePart before = written.parts().get(i);
      if (part == before) {
        continue;
      }
      if (!part.differsByWeightsAlone(before)) {
        return Optional.empty();
      }
      changed.add(part);
    }
    return groups
        .following(changed, size)
        .map(following -> new Reweighting(following, following.tables(changed)));
  }

  private static boolean haveSameKeys(
      Map<ServiceKey, ServicePart> written, Map<ServiceKey, ServicePart> next) {
    if (written.size() != next.size()) {
      return false;
    }
    Iterator<Map.Entry<ServiceKey, ServicePart>> others = written.entrySet().iterator();
    for (Map.Entry<ServiceKey, ServicePart> entry : next.entrySet()) {
      Map.Entry<ServiceKey, ServicePart> other = others.next();
      if (!entry.getKey().equals(other.getKey())
          || !entry.getValue().isSuccessorOf(other.getValue())) {
        return false;
      }
    }
    return true;
  }
}
