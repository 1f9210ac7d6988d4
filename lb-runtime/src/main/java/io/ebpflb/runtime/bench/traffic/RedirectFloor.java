package io.ebpflb.runtime.bench.traffic;

import io.ebpflb.runtime.dataplane.Attachment;
import io.ebpflb.runtime.dataplane.BpfMap;
import io.ebpflb.runtime.dataplane.BpfObject;
import io.ebpflb.runtime.dataplane.BpfProgram;
import io.ebpflb.runtime.dataplane.NetworkNamespace;
import io.ebpflb.runtime.demo.Namespace;
import io.ebpflb.runtime.demo.Topology;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** {@code bench_redirect} on each link of the balancer. */
final class RedirectFloor implements AutoCloseable {
  private static final String PROGRAM = "bench_redirect";
  private static final int HOP_BYTES = 20;

  private final BpfObject object;
  private final List<Attachment> attachments = new ArrayList<>();

  private RedirectFloor(BpfObject object) {
    this.object = object;
  }

  static RedirectFloor open(Topology topology) throws Exception {
    return NetworkNamespace.enter(topology.balancer().name(), () -> attach(topology));
  }

  private static RedirectFloor attach(Topology topology) throws IOException {
    RedirectFloor floor = new RedirectFloor(BpfObject.open("bench.bpf.o"));
    try {
      BpfProgram program = floor.object.loadOnly(Set.of(PROGRAM)).load().program(PROGRAM);
      BpfMap hops = floor.object.map("hops");
      write(hops, network(topology.client()), topology, topology.client(), Topology.CLIENT_LINK, 0);
      for (int i = 1; i <= topology.backends().size(); i++) {
        Namespace backend = topology.backend(i);
        write(hops, network(backend), topology, backend, Topology.backendLink(i), 0);
      }
      List<Integer> turns = Service.WEB.turns();
      for (int i = 0; i < turns.size(); i++) {
        int number = turns.get(i);
        write(
            hops,
            network(topology.balancer()) + i,
            topology,
            topology.backend(number),
            Topology.backendLink(number),
            i == 0 ? turns.size() - 1 : 0);
      }
      for (String name : topology.balancerLinks()) {
        floor.attachments.add(program.attachXdp(name));
      }
      return floor;
    } catch (IOException | RuntimeException e) {
      floor.close();
      throw e;
    }
  }

  private static void write(
      BpfMap hops, int index, Topology topology, Namespace host, String link, int others)
      throws IOException {
    ByteBuffer hop = ByteBuffer.allocate(HOP_BYTES).order(ByteOrder.nativeOrder());
    hop.putInt(Integer.parseInt(device(topology.balancer(), link, "ifindex")));
    hop.put(mac(host, "eth0")).put(mac(topology.balancer(), link));
    hops.update(index, hop.putInt(others).flip());
  }

  /** The third byte of its address. */
  private static int network(Namespace host) {
    return Integer.parseInt(host.ipv4().split("\\.")[2]);
  }

  private static byte[] mac(Namespace namespace, String link) throws IOException {
    return HexFormat.ofDelimiter(":").parseHex(device(namespace, link, "address"));
  }

  private static String device(Namespace namespace, String link, String property)
      throws IOException {
    return namespace.run("cat", "/sys/class/net/%s/%s".formatted(link, property)).strip();
  }

  @Override
  public void close() {
    attachments.forEach(Attachment::close);
    object.close();
  }
}
