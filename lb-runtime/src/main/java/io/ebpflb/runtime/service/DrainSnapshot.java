package io.ebpflb.runtime.service;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A drain under way, or the last one of a backend that is still gated.
 *
 * @param timeout counted from its start
 * @param activeFlows flows that were left when last looked at, at most a second ago
 * @param outcome empty while it goes on
 */
public record DrainSnapshot(
    Instant startedAt, Duration timeout, long activeFlows, Optional<DrainOutcome> outcome) {}
