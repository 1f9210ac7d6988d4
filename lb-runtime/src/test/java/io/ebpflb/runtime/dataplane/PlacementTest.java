package io.ebpflb.runtime.dataplane;

import static io.ebpflb.runtime.dataplane.TcDirection.EGRESS;
import static io.ebpflb.runtime.dataplane.TcDirection.INGRESS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlacementTest {
  private static final NetworkLink ETH0 = link(1, "eth0", Optional.empty());
  private static final NetworkLink ETH1 = link(2, "eth1", Optional.empty());
  private static final NetworkLink VLAN100 = vlan(3, "eth0.100", 1);
  private static final NetworkLink VLAN200 = vlan(4, "eth0.200", 1);
  private static final NetworkLink INNER = vlan(5, "inner", 3);
  private static final NetworkLink ELSEWHERE = vlan(6, "moved", 0);
  private static final List<NetworkLink> ALL =
      List.of(ETH0, ETH1, VLAN100, VLAN200, INNER, ELSEWHERE);

  private static NetworkLink link(int ifindex, String name, Optional<VlanTag> vlan) {
    String kind = vlan.isPresent() ? "vlan" : "";
    return new NetworkLink(ifindex, name, 1, 0x43, 1500, 2, kind, "noqueue", vlan, false);
  }

  private static NetworkLink vlan(int ifindex, String name, int parent) {
    return link(ifindex, name, Optional.of(new VlanTag(parent, 0x8100, 100 + ifindex)));
  }

  private static Map<String, Set<TcDirection>> places(AttachMode mode, NetworkLink... configured) {
    return Placement.of(mode, Arrays.asList(configured), ALL).values().stream()
        .collect(Collectors.toMap(place -> place.link().name(), Placement::sides));
  }

  @ParameterizedTest
  @EnumSource(names = {"TC", "XDP_GENERIC"})
  void bothSidesOfTheInterfaceItself(AttachMode mode) {
    Set<TcDirection> both = Set.of(INGRESS, EGRESS);
    assertThat(places(mode, ETH1, VLAN100, INNER, ELSEWHERE))
        .isEqualTo(Map.of("eth1", both, "eth0.100", both, "inner", both, "moved", both));
  }

  @Test
  void nativeXdpOfSubInterfacesIsOnceOnTheirParent() {
    assertThat(places(AttachMode.XDP_NATIVE, VLAN100, VLAN200, ETH1))
        .isEqualTo(
            Map.of(
                "eth0.100", Set.of(EGRESS),
                "eth0.200", Set.of(EGRESS),
                "eth0", Set.of(INGRESS),
                "eth1", Set.of(INGRESS, EGRESS)));
    assertThat(places(AttachMode.XDP_NATIVE, VLAN100, ETH0))
        .isEqualTo(Map.of("eth0.100", Set.of(EGRESS), "eth0", Set.of(INGRESS, EGRESS)));
  }

  @Test
  void nativeXdpHasNoPlaceForTwoTagsOrAParentElsewhere() {
    assertThat(XdpCarrier.find(INNER, ALL)).isEmpty();
    assertThat(XdpCarrier.find(ELSEWHERE, ALL)).isEmpty();
    assertThat(XdpCarrier.obstacle(INNER, ALL)).contains("its frames have two VLAN tags");
    assertThat(XdpCarrier.obstacle(ELSEWHERE, ALL))
        .contains("its parent is in another network namespace");
    assertThat(XdpCarrier.obstacle(ETH0, ALL)).isEmpty();
  }
}
