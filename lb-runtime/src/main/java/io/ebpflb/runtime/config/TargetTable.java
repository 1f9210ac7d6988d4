package io.ebpflb.runtime.config;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import io.ebpflb.api.Range;
import io.ebpflb.runtime.config.Configuration.AtStart;

/** The keys of a target that all resolvers have, as they are written. */
record TargetTable(
    @Doc("share of new flows in relation to the group's other targets; 0 takes none")
        @Default("1")
        @Range(min = "0", max = "1000000")
        double weight,
    @Doc("without an answer at the start the service waits for one, or the start fails")
        @Default("wait")
        AtStart atStart) {}
