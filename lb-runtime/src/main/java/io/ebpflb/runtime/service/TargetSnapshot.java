package io.ebpflb.runtime.service;

import java.util.Optional;

/**
 * One target as the config names it.
 *
 * @param weight as the config says
 * @param backends how many endpoints its last good answer holds
 * @param problem why the last resolution gave no new answer; empty while all is well
 */
public record TargetSnapshot(String label, double weight, int backends, Optional<String> problem) {}
