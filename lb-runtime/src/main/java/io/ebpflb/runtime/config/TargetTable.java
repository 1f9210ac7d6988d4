package io.ebpflb.runtime.config;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import io.ebpflb.api.Range;

/** The key of a target that all resolvers have, as it is written. */
record TargetTable(
    @Doc("share of new flows in relation to the group's other targets; 0 takes none")
        @Default("1")
        @Range(min = "0", max = "1000000")
        double weight) {}
