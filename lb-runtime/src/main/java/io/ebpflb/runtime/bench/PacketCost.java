package io.ebpflb.runtime.bench;

import io.ebpflb.api.Protocol;

/**
 * What one kind of packet costs.
 *
 * @param flows flows that the measured packets took turns among
 * @param nanos without the harness: the median of what each run took beyond a floor run before it
 * @param floorNanos the harness alone, with a program that does next to nothing: the median
 */
public record PacketCost(
    PacketCase packetCase,
    Family family,
    Protocol protocol,
    int flows,
    double nanos,
    double floorNanos) {

  int budgetNanos() {
    return packetCase.budgetNanos(family, flows);
  }

  boolean isWithinBudget() {
    return nanos <= budgetNanos();
  }
}
