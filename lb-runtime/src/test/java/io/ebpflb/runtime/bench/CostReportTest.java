package io.ebpflb.runtime.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.ebpflb.api.Protocol;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class CostReportTest {
  private static final List<PacketCost> COSTS =
      List.of(
          new PacketCost(PacketCase.ESTABLISHED, Family.IPV4, Protocol.TCP, 1, 36, 29.5),
          new PacketCost(PacketCase.NEW_FLOW, Family.IPV6, Protocol.UDP, 65536, 500.25, 29));

  @Test
  void theTableShowsBudgetsAndWhereItWasMeasured() {
    Machine machine = new Machine("Abacus", 2, "6.1.0", 0.5, LocalDate.of(2026, 11, 23));
    assertThat(CostReport.table(COSTS, machine))
        .isEqualTo(
            """
            packet cost in ns, without the harness: Abacus, 2 CPUs, Linux 6.1.0, load 0.5, 2026-11-23

            case         family  protocol     flows       ns   budget    floor
            established  ipv4    tcp              1     36.0       70     29.5
            new-flow     ipv6    udp          65536    500.3      500     29.0  over budget
            """);
  }

  @Test
  void jsonIsAListOfCases() {
    JsonArray list = JsonParser.parseString(CostReport.json(COSTS)).getAsJsonArray();
    assertThat(list).hasSize(2);
    JsonObject first = list.get(0).getAsJsonObject();
    assertThat(first.keySet())
        .containsExactly("case", "family", "protocol", "flows", "ns", "floor_ns");
    assertThat(first.get("case").getAsString()).isEqualTo("established");
    assertThat(first.get("family").getAsString()).isEqualTo("ipv4");
    assertThat(first.get("protocol").getAsString()).isEqualTo("tcp");
    assertThat(first.get("flows").getAsInt()).isEqualTo(1);
    assertThat(first.get("ns").getAsDouble()).isEqualTo(36);
    assertThat(first.get("floor_ns").getAsDouble()).isEqualTo(29.5);
  }
}
