package io.ebpflb.plugin.circuitbreaker;

import io.ebpflb.api.Agent;
import io.ebpflb.api.PluginContext;
import io.ebpflb.testing.AgentContract;

class CircuitAgentContractTest extends AgentContract {

  @Override
  protected Agent agent(PluginContext context) {
    return new CircuitAgent(new Circuits(), context);
  }
}
