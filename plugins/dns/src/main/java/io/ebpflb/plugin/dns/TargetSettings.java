package io.ebpflb.plugin.dns;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import io.ebpflb.api.Range;
import java.time.Duration;
import java.util.Optional;

/** The settings of a target with {@code host}. */
record TargetSettings(
    @Doc("Host name; with a dot at the end it is not tried in search domains") String host,
    @Doc("Port of its backends; not with SRV, whose answers have it")
        @Range(min = "1", max = "65535")
        Optional<Integer> port,
    @Doc("What is asked for: addresses of both families, of one, or services") @Default("address")
        Kind record,
    @Doc("How often it is asked for; without it as long as the answer holds (1s to 1h)")
        @Range(min = "1s", max = "1h")
        Optional<Duration> refresh,
    @Doc("What becomes of its backends when the name has no address any more") @Default("keep")
        OnEmpty onEmpty) {

  enum Kind {
    ADDRESS,
    A,
    AAAA,
    SRV
  }

  enum OnEmpty {
    /** The last good answer stays in force. */
    KEEP,
    /** They take no new flows. */
    DRAIN
  }

  TargetSettings {
    HostName.require(host);
    if (record == Kind.SRV && port.isPresent()) {
      throw new IllegalArgumentException("record = \"srv\" takes the port from the answers");
    }
    if (record != Kind.SRV && port.isEmpty()) {
      throw new IllegalArgumentException("port is missing");
    }
  }

  /** How it is called in tables and metrics. */
  String label() {
    return host + port.map(p -> ":" + p).orElse("");
  }
}
