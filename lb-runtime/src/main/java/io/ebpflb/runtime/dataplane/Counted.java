package io.ebpflb.runtime.dataplane;

import java.util.Locale;

/** Something that the data path counts, at the place that the constant's ordinal names. */
interface Counted {
  int ordinal();

  String name();

  /** As metrics name it. */
  default String title() {
    return name().toLowerCase(Locale.ROOT);
  }
}
