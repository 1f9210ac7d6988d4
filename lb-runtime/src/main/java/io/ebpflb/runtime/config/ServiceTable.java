package io.ebpflb.runtime.config;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import io.ebpflb.api.Protocol;
import io.ebpflb.api.Range;
import java.time.Duration;
import java.util.regex.Pattern;

/** The plain keys of a {@code [[service]]} as they are written. */
record ServiceTable(
    @Doc("what messages, metrics and the command line call the service") String name,
    @Doc("what clients connect to: \"203.0.113.10:80\", \"[2001:db8::10]:80\" or \"*:80\"")
        String listen,
    @Doc("tcp or udp") @Default("tcp") Protocol protocol,
    @Doc("what decides on a new flow's backend: maglev hashes addresses and ports")
        @Default("maglev")
        Configuration.Algorithm algorithm,
    @Doc("how long connections to a backend that is drained or was removed may take to finish")
        @Default("60s")
        @Range(min = "1s", max = "24h")
        Duration drainTimeout) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,62}");

  static void checkName(String name) throws Refusal {
    if (!NAME.matcher(name).matches()) {
      throw new Refusal(
          "not a name for a service",
          "expected: 1 to 63 of a-z, 0-9, '-', '_' and '.', beginning with a letter or digit");
    }
  }
}
