package io.ebpflb.runtime.dataplane;

/** {@code enum lb_table_event}; a number, once given, stays its event's. */
enum TableEvent implements Counted {
  OPENED,
  CLOSED,
  PROMOTED,
  RETIRED,
  PROMOTION_REFUSED,
  EVICTED,
  MIDSTREAM,
  REPLACED_DIRECT,
  LINES_ESTABLISHED,
  LINES_RETIRED
}
