package io.ebpflb.plugin.circuitbreaker;

import io.ebpflb.api.Doc;

/** Arguments of operations on one circuit. */
public record CircuitName(
    @Doc("name of the service") String service,
    @Doc("the backend's address and port") String backend) {
  String text() {
    return service + "/" + backend;
  }
}
