package io.ebpflb.api;

import java.util.Objects;

/**
 * One record of a name server's answer.
 *
 * @param name in lower case, without a dot at the end
 * @param data as on the wire; names in the data of CNAME and SRV records are not compressed
 */
public record DnsRecord(String name, int type, long ttlSeconds, byte[] data) {
  public DnsRecord {
    Objects.requireNonNull(name, "name");
    data = data.clone();
  }

  @Override
  public byte[] data() {
    return data.clone();
  }
}
