package io.ebpflb.runtime.config;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import io.ebpflb.api.Range;
import java.time.Duration;
import java.util.Optional;

/** The keys of a {@code health-check} that all types have, as they are written. */
record HealthCheckTable(
    @Doc("which health checker asks, or none") String type,
    @Doc("the port that is checked; without it the one that packets go to")
        @Range(min = "1", max = "65535")
        Optional<Integer> port,
    @Doc("from the end of one check to the start of the next")
        @Default("5s")
        @Range(min = "100ms", max = "1h")
        Duration interval,
    @Doc("how long an answer may take") @Default("1s") @Range(min = "10ms", max = "1m")
        Duration timeout,
    @Doc("passed checks in a row that bring a backend back")
        @Default("2")
        @Range(min = "1", max = "100")
        int rise,
    @Doc("failed checks in a row that take a backend out")
        @Default("3")
        @Range(min = "1", max = "100")
        int fall,
    @Doc(
            "how long a backend that is up again stays at 25, 50 and 75 % of its weight; 0s: not at all")
        @Default("0s")
        @Range(min = "0s", max = "1h")
        Duration recoveryStep) {}
