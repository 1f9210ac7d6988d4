package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CapabilitiesTest {
  @Test
  void namesWhatIsMissing() {
    assertThat(Capabilities.missing(0)).containsExactly("CAP_BPF", "CAP_NET_ADMIN", "CAP_PERFMON");
    assertThat(Capabilities.missing(1L << 39 | 1L << 38)).containsExactly("CAP_NET_ADMIN");
    assertThat(Capabilities.missing(1L << 39 | 1L << 12)).containsExactly("CAP_PERFMON");
  }

  @Test
  void takesTheAdministratorsForTheNewerOnes() {
    assertThat(Capabilities.missing(1L << 21 | 1L << 12)).isEmpty();
    assertThat(Capabilities.missing(1L << 21)).containsExactly("CAP_NET_ADMIN");
  }
}
