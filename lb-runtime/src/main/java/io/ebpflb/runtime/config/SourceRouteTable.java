package io.ebpflb.runtime.config;

import io.ebpflb.api.Doc;

/** The plain key of a {@code [[service.source-route]]} as it is written. */
record SourceRouteTable(@Doc("the clients, as a prefix: \"192.168.0.0/16\"") String source) {}
