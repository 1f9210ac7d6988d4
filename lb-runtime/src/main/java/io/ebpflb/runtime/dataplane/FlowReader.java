package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Reads the memory-mapped flow table as packets do: without a lock, by copying a line and looking
 * at its version again.
 */
final class FlowReader {
  private final MappedMemory table;
  private final ByteBuffer bytes;
  private final Map<Integer, BackendKey> backends;
  private final int nowJiffies;
  private final int jiffiesPerSecond;

  /**
   * @param backends by id; flows of others are not reported, since no plan names them any more
   */
  FlowReader(
      MappedMemory table, Map<Integer, BackendKey> backends, int nowJiffies, int jiffiesPerSecond) {
    this.table = table;
    this.bytes = table.buffer();
    this.backends = backends;
    this.nowJiffies = nowJiffies;
    this.jiffiesPerSecond = jiffiesPerSecond;
  }

  FlowList read(FlowQuery query, int limit) {
    Predicate<FlowList.Flow> matches = matching(query);
    List<FlowList.Flow> flows = new ArrayList<>();
    long count = 0;
    for (int line = 0;
        line + FlowLayout.LINE_BYTES <= table.size();
        line += FlowLayout.LINE_BYTES) {
      long word = table.getLongAcquire(line);
      BackendKey backend = FlowLayout.isFlow(word) ? backends.get(FlowLayout.backend(word)) : null;
      if (backend == null) {
        continue;
      }
      FlowList.Flow flow = flow(line, word, backend);
      boolean isWhole = FlowLayout.version(table.getLongAcquire(line)) == FlowLayout.version(word);
      if (isWhole && matches.test(flow)) {
        count++;
        if (flows.size() < limit) {
          flows.add(flow);
        }
      }
    }
    return new FlowList(flows, count);
  }

  private FlowList.Flow flow(int line, long word, BackendKey backend) {
    boolean six = FlowLayout.isIpv6(word);
    int ports = line + (six ? FlowLayout.PORTS6 : FlowLayout.PORTS4);
    int last = six ? line + FlowLayout.LINE_BYTES : line;
    return new FlowList.Flow(
        backend,
        FlowLayout.isTcp(word) ? Protocol.TCP : Protocol.UDP,
        new Plan.Endpoint(
            address(line + FlowLayout.CLIENT, six),
            WireFormat.port(bytes, ports + FlowLayout.CLIENT_PORT)),
        new Plan.Endpoint(
            address(line + (six ? FlowLayout.SERVICE6 : FlowLayout.SERVICE4), six),
            WireFormat.port(bytes, ports + FlowLayout.SERVICE_PORT)),
        FlowLayout.state(word),
        idle(table.getInt(last + FlowLayout.LAST_SEEN)));
  }

  private InetAddress address(int at, boolean six) {
    return WireFormat.address(bytes, at, six ? WireFormat.FAMILY_IPV6 : WireFormat.FAMILY_IPV4);
  }

  /** A flow may have been seen after the clock was read. */
  private Duration idle(int lastSeen) {
    return Duration.ofSeconds(Math.max(0, nowJiffies - lastSeen) / jiffiesPerSecond);
  }

  private static Predicate<FlowList.Flow> matching(FlowQuery query) {
    return flow ->
        query.backends().map(them -> them.contains(flow.backend())).orElse(true)
            && query.client().map(prefix -> prefix.contains(flow.client().address())).orElse(true)
            && query.clientPort().stream().allMatch(port -> port == flow.client().port());
  }
}
