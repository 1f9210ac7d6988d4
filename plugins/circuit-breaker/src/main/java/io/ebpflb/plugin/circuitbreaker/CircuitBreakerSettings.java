package io.ebpflb.plugin.circuitbreaker;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import io.ebpflb.api.Range;
import java.time.Duration;

/** Settings of {@code circuit-breaker} in a service. */
public record CircuitBreakerSettings(
    @Doc("Failed connections of a window, in percent, that open a circuit")
        @Default("50")
        @Range(min = "1", max = "100")
        int errorThresholdPercent,
    @Doc("Outcomes that a window must hold before they are judged")
        @Default("10")
        @Range(min = "1", max = "1000000")
        int minRequests,
    @Doc("How far back outcomes count") @Default("30s") @Range(min = "1s", max = "1h")
        Duration window,
    @Doc("How long an open circuit stays so before it lets some traffic try")
        @Default("30s")
        @Range(min = "1s", max = "1h")
        Duration openDuration,
    @Doc("Share of the configured weight that tries a half-open circuit, in percent")
        @Default("10")
        @Range(min = "1", max = "100")
        int halfOpenSharePercent,
    @Doc("Successes in a row that close a half-open circuit")
        @Default("5")
        @Range(min = "1", max = "1000000")
        int requiredSuccesses) {}
