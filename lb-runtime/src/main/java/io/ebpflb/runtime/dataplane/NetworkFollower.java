package io.ebpflb.runtime.dataplane;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries the network's changes to whom they concern. */
final class NetworkFollower implements NetworkWatch.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(NetworkFollower.class);

  private final DeviceTable devices;
  private final Attachments attachments;
  private final NeighborKeeper neighbors;
  private final Consumer<List<InetAddress>> localAddresses;
  private Set<Integer> configured = Set.of();
  private List<LocalAddress> addresses = List.of();
  private List<InetAddress> told;
  private String refusal;

  /**
   * @param localAddresses called with all addresses of the configured interfaces when they change
   */
  NetworkFollower(
      DeviceTable devices,
      Attachments attachments,
      NeighborKeeper neighbors,
      Consumer<List<InetAddress>> localAddresses) {
    this.devices = devices;
    this.attachments = attachments;
    this.neighbors = neighbors;
    this.localAddresses = localAddresses;
  }

  @Override
  public void links(List<NetworkLink> links) {
    configured =
        links.stream()
            .filter(link -> attachments.isConfigured(link.name()))
            .map(NetworkLink::ifindex)
            .collect(Collectors.toSet());
    attachments.follow(links);
    // After the attachments: whether an interface can transmit depends on its program.
    devices.update(links);
    neighbors.check();
    tell();
  }

  @Override
  public void untold(List<NetworkLink> links) {
    devices.update(links);
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
  public void neighbor(Neighbor neighbor) {
    neighbors.changed(neighbor, configured.contains(neighbor.key().ifindex()));
  }

  @Override
  public void nextHopsChanged() {
    devices.bumpAll();
    neighbors.check();
  }

  private void tell() {
    List<InetAddress> now =
        addresses.stream()
            .filter(address -> configured.contains(address.ifindex()))
            .map(LocalAddress::address)
            .distinct()
            .toList();
    if (now.equals(told)) {
      return;
    }
    try {
      localAddresses.accept(now);
      told = now;
      refusal = null;
    } catch (DataPlaneException e) {
      // Tried again with the next change of the network.
      if (!e.getMessage().equals(refusal)) {
        LOG.error(
            "local addresses are now {}, but wildcard services stay as they were: {}",
            now,
            e.getMessage());
      }
      refusal = e.getMessage();
    }
  }
}
