package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Protocol;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Bytes as {@code layout.h} has them; LayoutTest compares the offsets with the object's BTF. */
class WireFormatTest {
  private static String hex(ByteBuffer bytes) {
    return HexFormat.of().formatHex(bytes.array());
  }

  @Test
  void serviceKey() {
    ByteBuffer bytes = ByteBuffer.allocate(ServiceKeyLayout.BYTES);
    ServiceKeyLayout.encode(new ServiceKey(Plans.ip("192.0.2.10"), 8080, Protocol.TCP), bytes, 0);
    assertThat(hex(bytes)).isEqualTo("c000020a" + "00".repeat(12) + "1f90" + "06" + "04");

    ServiceKeyLayout.encode(new ServiceKey(Plans.ip("2001:db8::a"), 53, Protocol.UDP), bytes, 0);
    assertThat(hex(bytes)).isEqualTo("20010db800000000000000000000000a" + "0035" + "11" + "06");
  }

  @Test
  void service() {
    ByteBuffer bytes = ByteBuffer.allocate(ServiceLayout.BYTES);
    ServiceEntry entry = new ServiceEntry(0x01020304, 0xfffe, Plan.Selection.RANDOM, true);
    ServiceLayout.encode(entry, bytes, 0);
    assertThat(hex(bytes)).isEqualTo("04030201" + "feff" + "02" + "01");
    assertThat(ServiceLayout.decode(bytes, 0)).isEqualTo(entry);
  }

  @Test
  void routeKey() {
    ByteBuffer bytes = ByteBuffer.allocate(RouteKeyLayout.BYTES);
    RouteKeyLayout.encode(
        new RouteKey(0x1234, new Plan.Prefix(Plans.ip("10.1.0.0"), 16)), bytes, 0);
    assertThat(hex(bytes))
        .isEqualTo("30000000" + "3412" + "04" + "00" + "0a010000" + "00".repeat(12));
  }

  @Test
  void backend() {
    ByteBuffer bytes = ByteBuffer.allocate(BackendLayout.BYTES);
    BackendEntry backend =
        new BackendEntry(
            Plans.endpoint("10.0.0.1"), Protocol.TCP, Optional.of(Duration.ofSeconds(1)));
    BackendLayout.encode(backend, 250, bytes, 0);
    assertThat(hex(bytes))
        .isEqualTo(
            "0a000001" + "00".repeat(12) + "1f90" + "04" + "06" + "fa000000" + "00".repeat(40));
    assertThat(BackendLayout.endpoint(bytes, 0)).isEqualTo(backend.endpoint());
  }

  @Test
  void groupWord() {
    long region = GroupLayout.region(4_000_000, 131_072);
    assertThat(region).isEqualTo(131_072L << 32 | 4_000_000);
    assertThat(GroupLayout.offset(region)).isEqualTo(4_000_000);
    assertThat(GroupLayout.size(region)).isEqualTo(131_072);
  }
}
