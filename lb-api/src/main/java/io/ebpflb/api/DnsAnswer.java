package io.ebpflb.api;

import java.util.List;

/**
 * What a name server answered.
 *
 * @param code 0 for no error, 2 for a failing server, 3 for a name that does not exist (RFC 1035
 *     section 4.1.1)
 * @param records of the answer section, in the order they came, aliases (CNAME) among them
 */
public record DnsAnswer(int code, List<DnsRecord> records) {
  public static final int NO_ERROR = 0;
  public static final int SERVER_FAILURE = 2;
  public static final int NAME_ERROR = 3;

  public DnsAnswer {
    records = List.copyOf(records);
  }
}
