package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a test run's packet comes with besides its bytes, as the kernel's {@code struct xdp_md} or
 * {@code struct __sk_buff}.
 */
public final class TestContext {
  private static final TestContext NONE = new TestContext(new byte[0]);

  private static final int XDP_MD_BYTES = 24;
  private static final int XDP_DATA_END = 4;
  private static final int XDP_INGRESS_IFINDEX = 12;

  private static final int SK_BUFF_BYTES = 192;
  private static final int SK_BUFF_IFINDEX = 40;
  private static final int SK_BUFF_GSO_SEGS = 164;
  private static final int SK_BUFF_GSO_SIZE = 176;

  private final byte[] bytes;

  private TestContext(byte[] bytes) {
    this.bytes = bytes;
  }

  /** No device: the kernel takes {@code lo}. */
  public static TestContext none() {
    return NONE;
  }

  /** A packet of this length that an XDP program meets on this device. */
  public static TestContext xdp(int packetBytes, int ifindex) {
    return new TestContext(
        zeroed(XDP_MD_BYTES)
            .putInt(XDP_DATA_END, packetBytes)
            .putInt(XDP_INGRESS_IFINDEX, ifindex)
            .array());
  }

  /** A packet that a TC program meets on this device, on its way in or out. */
  public static TestContext tc(int ifindex) {
    return new TestContext(zeroed(SK_BUFF_BYTES).putInt(SK_BUFF_IFINDEX, ifindex).array());
  }

  /**
   * As {@link #tc(int)}, a packet that stands for several, which the device will cut.
   *
   * @param segments how many it will become
   * @param segmentBytes payload of each
   */
  public static TestContext tc(int ifindex, int segments, int segmentBytes) {
    return new TestContext(
        zeroed(SK_BUFF_BYTES)
            .putInt(SK_BUFF_IFINDEX, ifindex)
            .putInt(SK_BUFF_GSO_SEGS, segments)
            .putInt(SK_BUFF_GSO_SIZE, segmentBytes)
            .array());
  }

  byte[] bytes() {
    return bytes;
  }

  private static ByteBuffer zeroed(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
  }
}
