package io.ebpflb.runtime.config;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;

/** The table {@code [metrics]} as it is written. */
record MetricsTable(
    @Doc("URL path of the metrics on the admin endpoint") @Default("/metrics") String path) {
  private static final int LENGTH_MAX = 128;

  void checkPath() throws Refusal {
    String expected = "expected: \"/metrics\"";
    if (!path.matches("(/[A-Za-z0-9._~-]+)+") || path.length() > LENGTH_MAX) {
      throw new Refusal("not a URL path", expected);
    }
    if (path.matches("/live|/ready|/api(/.*)?")) {
      throw new Refusal("is taken: /live, /ready and /api belong to the admin API", expected);
    }
  }
}
