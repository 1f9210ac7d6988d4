package io.ebpflb.api;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;

/**
 * One question for {@link Network#query}, to one name server.
 *
 * @param name without a dot at the end, at most 253 characters; never extended by a search list
 * @param type number of the record type, for example {@link #A}
 * @param deadline for the answer, from the start, a second try over TCP included
 */
public record DnsQuery(InetSocketAddress server, String name, int type, Duration deadline) {
  public static final int A = 1;
  public static final int CNAME = 5;
  public static final int AAAA = 28;
  public static final int SRV = 33;

  public DnsQuery {
    Objects.requireNonNull(server, "server");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(deadline, "deadline");
  }
}
