package io.ebpflb.runtime.service;

import io.ebpflb.runtime.dataplane.DataPlane;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.MetricFamily;
import io.ebpflb.runtime.plugin.PluginOperation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a running balancer tells of itself to the admin endpoint, the metrics and the command line.
 * Any thread, without locks; each answer is immutable.
 */
public interface BalancerView {

  String version();

  Instant startedAt();

  /** Whether a plan is in force, so that packets are being forwarded. */
  boolean isForwarding();

  /** Why the last plan could not be applied; what was in force before still is. */
  Optional<String> problem();

  /** In file order. */
  List<ServiceSnapshot> services();

  List<PluginStatus> plugins();

  /** Metric families of plugins, and about them. */
  default List<MetricFamily> pluginMetrics() {
    return List.of();
  }

  /** What plugins offer to be called by an operator, sorted by name. Not to be kept. */
  default List<PluginOperation> pluginOperations() {
    return List.of();
  }

  /** For its counters and descriptions; applying and closing are the balancer's own. */
  DataPlane dataPlane();
}
