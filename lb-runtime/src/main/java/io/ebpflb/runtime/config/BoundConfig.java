package io.ebpflb.runtime.config;

import io.ebpflb.runtime.plugin.ExtensionCatalog;

/**
 * A config with what it was made of.
 *
 * @param catalog whose extensions {@code configuration} uses
 */
public record BoundConfig(ConfigText text, ExtensionCatalog catalog, Configuration configuration) {}
