package io.ebpflb.runtime.service;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one config changes of another. Any thread.
 *
 * @param services only those that differ: of the earlier config in its order, then what is new
 * @param plugins whose own settings differ, with the keys that do, as the file has them
 * @param tables other tables of the file that differ, with the keys that do
 */
public record ConfigDiff(
    List<ServiceDiff> services,
    Map<String, List<String>> plugins,
    Map<String, List<String>> tables) {
  public static final ConfigDiff NONE = new ConfigDiff(List.of(), Map.of(), Map.of());

  public ConfigDiff {
    services = List.copyOf(services);
    plugins = Collections.unmodifiableMap(new LinkedHashMap<>(plugins));
    tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
  }

  public ConfigDiff with(
      Map<String, List<String>> differingPlugins, Map<String, List<String>> differingTables) {
    return new ConfigDiff(services, differingPlugins, differingTables);
  }

  public enum Kind {
    ADDED,
    REMOVED,
    CHANGED;

    Kind reversed() {
      return switch (this) {
        case ADDED -> REMOVED;
        case REMOVED -> ADDED;
        case CHANGED -> CHANGED;
      };
    }
  }

  /** What the other config has changed of the one. Nothing is left to drain: it has happened. */
  public ConfigDiff reversed() {
    return new ConfigDiff(services.stream().map(ServiceDiff::reversed).toList(), plugins, tables);
  }

  /**
   * @param settings keys that differ, as the file has them; empty unless the service is changed
   * @param backends those that come, go or get another configured weight
   * @param moves groups whose new flows go elsewhere, in part or all
   * @param drainingFlows flows that run now on backends that go
   */
  public record ServiceDiff(
      String name,
      Kind kind,
      List<String> settings,
      List<BackendDiff> backends,
      List<Move> moves,
      long drainingFlows) {
    public ServiceDiff {
      settings = List.copyOf(settings);
      backends = List.copyOf(backends);
      moves = List.copyOf(moves);
    }

    private ServiceDiff reversed() {
      return new ServiceDiff(
          name,
          kind.reversed(),
          settings,
          backends.stream().map(BackendDiff::reversed).toList(),
          moves,
          0);
    }

    /** The share, 0 to 1, of new flows of the default group that move. */
    public double movedShare() {
      return moves.stream()
          .filter(move -> move.source().isEmpty())
          .mapToDouble(Move::share)
          .findFirst()
          .orElse(0);
    }
  }

  /**
   * @param endpoint {@code 10.0.0.1:8080}
   * @param weightBefore configured; 0 for one that comes
   * @param weightAfter configured; 0 for one that goes
   * @param activeFlows that run now
   */
  public record BackendDiff(
      String endpoint, Kind kind, double weightBefore, double weightAfter, long activeFlows) {
    private BackendDiff reversed() {
      return new BackendDiff(endpoint, kind.reversed(), weightAfter, weightBefore, activeFlows);
    }
  }

  /**
   * @param source the prefix of a source route; empty for the default group
   * @param share of the group's new flows that get another backend, above 0, at most 1
   */
  public record Move(Optional<String> source, double share) {}
}
