package io.ebpflb.plugin.dns;

import io.ebpflb.api.DnsAnswer;
import io.ebpflb.api.DnsQuery;
import io.ebpflb.api.DnsRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What an answer says about one name.
 *
 * @param records of the type that was asked for, at the end of the aliases
 * @param ttlSeconds the shortest on the way there; very long if nothing was found
 * @param alias where the aliases lead to, if that is somewhere else
 * @param exists whether the name does, with other records if not with these
 */
record Found(List<DnsRecord> records, long ttlSeconds, Optional<String> alias, boolean exists) {
  static final Found NOTHING = new Found(List.of(), Long.MAX_VALUE, Optional.empty(), false);
  private static final int CHAIN_MAX = 16;

  /** Records of other names, which a server may add, are not believed. */
  static Found of(DnsAnswer answer, String name, int type) {
    Map<String, DnsRecord> aliases = new HashMap<>();
    answer.records().stream()
        .filter(record -> record.type() == DnsQuery.CNAME)
        .forEach(record -> aliases.putIfAbsent(record.name(), record));
    String current = name.toLowerCase(Locale.ROOT);
    long ttl = Long.MAX_VALUE;
    Optional<String> alias = Optional.empty();
    for (int i = 0; i < CHAIN_MAX && aliases.containsKey(current); i++) {
      DnsRecord link = aliases.get(current);
      ttl = Math.min(ttl, link.ttlSeconds());
      current = WireName.read(link.data(), 0).toLowerCase(Locale.ROOT);
      alias = Optional.of(current);
    }
    String end = current;
    List<DnsRecord> records =
        answer.records().stream()
            .filter(record -> record.type() == type && record.name().equals(end))
            .toList();
    for (DnsRecord record : records) {
      ttl = Math.min(ttl, record.ttlSeconds());
    }
    return new Found(records, ttl, alias, answer.code() == DnsAnswer.NO_ERROR);
  }

  /** The same, after what led to it. */
  Found after(Found before) {
    return new Found(records, Math.min(ttlSeconds, before.ttlSeconds), alias, exists);
  }

  /** The same, where a name that was tried before had nothing. */
  Found insteadOf(Found nothing) {
    return new Found(records, ttlSeconds, alias, exists || nothing.exists);
  }
}
