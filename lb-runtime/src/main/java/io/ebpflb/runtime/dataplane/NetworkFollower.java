package io.ebpflb.runtime.dataplane;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Carries the network's changes to whom they concern. */
final class NetworkFollower implements NetworkWatch.Listener {
  private final Set<String> interfaces;
  private final DeviceTable devices;
  private final Attachments attachments;
  private final Consumer<List<InetAddress>> localAddresses;
  private Set<Integer> configured = Set.of();
  private List<LocalAddress> addresses = List.of();
  private List<InetAddress> told;

  /**
   * @param localAddresses called with all addresses of the configured interfaces when they change
   */
  NetworkFollower(
      List<String> interfaces,
      DeviceTable devices,
      Attachments attachments,
      Consumer<List<InetAddress>> localAddresses) {
    this.interfaces = Set.copyOf(interfaces);
    this.devices = devices;
    this.attachments = attachments;
    this.localAddresses = localAddresses;
  }

  @Override
  public void links(List<NetworkLink> links) {
    configured =
        links.stream()
            .filter(link -> interfaces.contains(link.name()))
            .map(NetworkLink::ifindex)
            .collect(Collectors.toSet());
    attachments.follow(links);
    // After the attachments: whether an interface can transmit depends on its program.
    devices.update(links);
    tell();
  }

  @Override
  public void addresses(List<LocalAddress> all) {
    addresses = all;
    tell();
  }

  @Override
  public void nextHopsChanged(int ifindex) {
    devices.bump(ifindex);
  }

  @Override
  public void nextHopsChanged() {
    devices.bumpAll();
  }

  private void tell() {
    List<InetAddress> now =
        addresses.stream()
            .filter(address -> configured.contains(address.ifindex()))
            .map(LocalAddress::address)
            .distinct()
            .toList();
    if (!now.equals(told)) {
      localAddresses.accept(now);
      told = now;
    }
  }
}
