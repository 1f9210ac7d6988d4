package io.ebpflb.runtime.dataplane;

import java.util.HexFormat;

/**
 * A packet made to harm.
 *
 * @param ifindex the device by which it comes, or leaves if {@code egress}
 * @param padding bytes at its end that belong to no header's length
 * @param story how it was made
 */
record Mutant(byte[] frame, int ifindex, boolean egress, int padding, String story) {
  @Override
  public String toString() {
    return "%s, %s device %d, padding %d: %s"
        .formatted(
            story,
            egress ? "leaving by" : "coming by",
            ifindex,
            padding,
            HexFormat.of().formatHex(frame));
  }
}
