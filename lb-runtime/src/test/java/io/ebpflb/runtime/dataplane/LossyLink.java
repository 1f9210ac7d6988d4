package io.ebpflb.runtime.dataplane;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes a host's device a bad one for what it receives, and in part for what it sends: {@code
 * bpf/test/lossy.bpf.c}. For tests on kernels with TCX.
 */
public final class LossyLink implements AutoCloseable {
  private static final double ALL = 0x1p32;
  private static final int DROPPED = 0;
  private static final int DOUBLED = 4;
  private static final int LATE = 8;
  private static final int HOME = 12;
  private static final int DETOUR = 16;
  private static final int HAPPENED = 24;
  private static final int KINDS = 4;

  private final BpfObject object;
  private final List<BpfLink> links = new ArrayList<>();

  private LossyLink(BpfObject object) {
    this.object = object;
  }

  /**
   * Shares are of all packets received, and that of dropped ones of those sent, too; 0 to 1. The
   * devices are in the calling thread's network namespace.
   *
   * @param slow a device where late packets are sent
   * @param slowEnd its other end, where they are received
   */
  public static LossyLink on(
      String device, double dropped, double doubled, double late, String slow, String slowEnd) {
    LossyLink lossy = new LossyLink(BpfObject.open("lossy.bpf.o").load());
    try (MappedMemory shares = lossy.object.map(".data.lossy").mapped()) {
      shares.putInt(DROPPED, (int) (long) (dropped * ALL));
      shares.putInt(DOUBLED, (int) (long) (doubled * ALL));
      shares.putInt(LATE, (int) (long) (late * ALL));
      shares.putInt(HOME, link(device).ifindex());
      shares.putInt(DETOUR, link(slow).ifindex());
      lossy.attach("lossy_return", slowEnd, TcDirection.INGRESS);
      lossy.attach("lossy_ingress", device, TcDirection.INGRESS);
      lossy.attach("lossy_egress", device, TcDirection.EGRESS);
      return lossy;
    } catch (RuntimeException e) {
      lossy.close();
      throw e;
    }
  }

  /** How many packets were dropped, came twice, came late, and were dropped when sent. */
  public List<Long> happened() {
    try (MappedMemory counts = object.map(".data.lossy").mapped()) {
      return IntStream.range(0, KINDS)
          .mapToObj(i -> counts.getLong(HAPPENED + i * Long.BYTES))
          .toList();
    }
  }

  private void attach(String program, String device, TcDirection direction) {
    links.add(BpfLink.tcx(object.program(program), link(device), direction).orElseThrow());
  }

  private static NetworkLink link(String name) {
    return NetworkLink.list().stream()
        .filter(link -> link.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    links.forEach(BpfLink::close);
    object.close();
  }
}
