package io.ebpflb.runtime.plugin;

import io.ebpflb.api.OperationResult;
import io.ebpflb.api.PluginContext.Registration;
import io.ebpflb.api.Role;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;

/** What plugins offer to be called by an operator. Thread-safe. */
final class OperationTable {
  static final Duration RUN_MAX = Duration.ofSeconds(10);
  private static final String NAME = "[a-z][a-z0-9-]*( [a-z][a-z0-9-]*){0,3}";

  private final Map<String, PluginOperation> operations = new ConcurrentSkipListMap<>();

  /** The next generation of a plugin takes over the name; another plugin cannot. */
  <A extends Record> Registration add(
      String pluginId,
      String name,
      Class<A> args,
      Role role,
      Function<A, OperationResult> handler,
      Fence fence,
      FailureLog log) {
    if (!name.matches(NAME)) {
      throw new IllegalArgumentException(
          "operation \"" + name + "\" is not one to four words of lower case letters");
    }
    Function<Record, CompletableFuture<OperationResult>> run =
        given ->
            fence.follow(
                "operation \"" + name + "\"",
                RUN_MAX,
                () -> CompletableFuture.completedFuture(handler.apply(args.cast(given))),
                result -> result,
                log,
                () -> {});
    PluginOperation added = new PluginOperation(pluginId, name, args, role, run);
    operations.merge(
        name,
        added,
        (there, newcomer) -> {
          if (!there.plugin().equals(pluginId)) {
            throw new IllegalArgumentException(
                "operation \"" + name + "\" belongs to plugin \"" + there.plugin() + "\"");
          }
          return newcomer;
        });
    return () -> operations.remove(name, added);
  }

  List<PluginOperation> all() {
    return List.copyOf(operations.values());
  }

  Optional<PluginOperation> find(String name) {
    return Optional.ofNullable(operations.get(name));
  }
}
