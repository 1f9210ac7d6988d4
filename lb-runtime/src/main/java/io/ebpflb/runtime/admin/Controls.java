package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.metrics.CheckLatencies;
import io.ebpflb.runtime.plugin.Plugins;
import io.ebpflb.runtime.reload.Reload;
import io.ebpflb.runtime.service.BalancerView;
import io.ebpflb.runtime.service.Operations;

/** What of a balancer can be seen and done from outside. */
public record Controls(
    BalancerView balancer,
    CheckLatencies latencies,
    Operations operations,
    Reload reload,
    Plugins plugins) {}
