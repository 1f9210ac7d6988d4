package io.ebpflb.plugin.circuitbreaker;

import java.time.Instant;

/**
 * A circuit that traffic or checks opened, as it is kept.
 *
 * @param state open or half-open
 */
record Tripped(CircuitState state, Instant openedAt) {}
