package io.ebpflb.runtime.config;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;

/** The table {@code [reload]} as it is written. */
record ReloadTable(
    @Doc("whether the balancer reloads this file by itself when it changes") @Default("true")
        boolean watch) {}
