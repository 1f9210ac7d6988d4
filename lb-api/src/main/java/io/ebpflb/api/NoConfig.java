package io.ebpflb.api;

/** The config record of an extension or plugin that has no settings. */
public record NoConfig() {}
