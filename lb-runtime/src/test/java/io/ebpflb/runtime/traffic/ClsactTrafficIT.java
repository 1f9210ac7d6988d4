package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.demo.Topology.Offloads;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** TC by clsact, as on kernels without TCX. */
class ClsactTrafficIT extends TrafficContract {
  ClsactTrafficIT() {
    super("tc", Offloads.DEFAULT, Map.of("LB_JAVA_OPTIONS", "-Debpflb.force-clsact=true"));
  }

  @Test
  void saysThatItIsClsact() throws Exception {
    assertThat(balancer().log()).contains("clsact");
  }
}
