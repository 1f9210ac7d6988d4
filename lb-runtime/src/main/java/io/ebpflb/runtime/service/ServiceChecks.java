package io.ebpflb.runtime.service;

import io.ebpflb.api.HealthChecker;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.config.Configuration.Use;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.service.ServiceGroup.Member;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the backends of one service are checked.
 *
 * @param checkers one for each kind of check in use, however many targets are checked so
 */
record ServiceChecks(Configuration.Service config, Map<Use, HealthChecker> checkers) {

  /** Settings and who acts by them. */
  record Check(HealthCheck settings, HealthChecker checker) {}

  /**
   * The backends that are checked. Of several targets that lead to one backend, the first that says
   * something of its own decides.
   */
  Map<Plan.Endpoint, Check> of(List<ServiceGroup> groups) {
    if (checkers.isEmpty()) {
      return Map.of();
    }
    List<Member> members = groups.stream().flatMap(group -> group.members().stream()).toList();
    Map<Plan.Endpoint, Optional<HealthCheck>> decided = new HashMap<>();
    members.stream()
        .filter(member -> member.target().ownCheck().isPresent())
        .forEach(member -> decide(member, decided));
    members.forEach(member -> decide(member, decided));
    Map<Plan.Endpoint, Check> checks = new HashMap<>();
    decided.forEach((endpoint, check) -> check.ifPresent(how -> checks.put(endpoint, atWork(how))));
    return checks;
  }

  private void decide(Member member, Map<Plan.Endpoint, Optional<HealthCheck>> decided) {
    Optional<HealthCheck> check = member.target().check(config);
    member.endpoints().forEach(endpoint -> decided.putIfAbsent(endpoint, check));
  }

  private Check atWork(HealthCheck settings) {
    return new Check(settings, checkers.get(settings.checker()));
  }
}
