package io.ebpflb.runtime.dataplane;

import io.ebpflb.api.Protocol;
import java.time.Duration;
import java.util.Optional;

/**
 * What the runtime writes of a backend into the map {@code backends}.
 *
 * @param idleTimeout of established flows; empty: the instance's
 */
record BackendEntry(Plan.Endpoint endpoint, Protocol protocol, Optional<Duration> idleTimeout) {}
