package io.ebpflb.runtime.plugin;

import io.ebpflb.api.OperationResult;
import io.ebpflb.api.Role;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Something that a plugin offers to be called. Not to be kept: it holds the plugin's classes.
 *
 * @param name its words, for example {@code circuit open}
 * @param args the record that arguments are bound to, as config records are
 * @param run does not wait; completes with the result or an {@link ExtensionException} whose
 *     message is for the caller
 */
public record PluginOperation(
    String plugin,
    String name,
    Class<? extends Record> args,
    Role role,
    Function<Record, CompletableFuture<OperationResult>> run) {}
