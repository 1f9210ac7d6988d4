package io.ebpflb.runtime.dataplane;

/** {@code enum lb_handover}; a number, once given, stays its reason's. */
enum HandoverReason implements Counted {
  NEIGHBOR,
  ROUTE,
  DEVICE,
  TTL,
  MTU,
  ICMP,
  PROTOCOL,
  VLAN
}
