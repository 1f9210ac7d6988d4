package io.ebpflb.runtime.dataplane;

/** {@code enum lb_drop}; a number, once given, stays its reason's. */
enum DropReason implements Counted {
  NO_BACKEND,
  MALFORMED,
  FRAGMENT,
  COLLISION,
  DIRECT,
  NO_ENTRY,
  TRANSMIT,
  EXTENSIONS,
  KILLED
}
