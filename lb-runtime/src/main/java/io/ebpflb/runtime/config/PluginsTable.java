package io.ebpflb.runtime.config;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;

/** The table {@code [plugins]} as it is written. */
record PluginsTable(
    @Doc(
            "of a plugin whose JAR is removed while a service uses it: keep it until none does, or"
                + " unload it and go on with its last answers")
        @Default("keep")
        Configuration.OnRemoval onRemoval) {}
