package io.ebpflb.plugin.dns;

import io.ebpflb.api.DnsRecord;
import java.nio.ByteBuffer;
import java.util.List;

/** One SRV record (RFC 2782). */
record ServiceRecord(int priority, int weight, int port, String target) {
  private static final int TARGET_OFFSET = 6;

  /**
   * @throws IllegalArgumentException if it is malformed
   */
  static ServiceRecord of(DnsRecord record) {
    byte[] data = record.data();
    if (data.length <= TARGET_OFFSET) {
      throw new IllegalArgumentException("a malformed SRV record");
    }
    ByteBuffer numbers = ByteBuffer.wrap(data);
    return new ServiceRecord(
        numbers.getShort() & 0xffff,
        numbers.getShort() & 0xffff,
        numbers.getShort() & 0xffff,
        WireName.read(data, TARGET_OFFSET));
  }

  /** Those of the lowest priority number: the others are for clients that reach none of these. */
  static List<ServiceRecord> preferred(List<DnsRecord> records) {
    List<ServiceRecord> all =
        records.stream()
            .map(ServiceRecord::of)
            .filter(service -> !service.target.isEmpty() && service.port > 0)
            .toList();
    int lowest = all.stream().mapToInt(ServiceRecord::priority).min().orElse(0);
    return all.stream().filter(service -> service.priority == lowest).toList();
  }

  /** Weight 0 means hardly ever, but a share must be above zero. */
  double share() {
    return weight == 0 ? 0.1 : weight;
  }
}
