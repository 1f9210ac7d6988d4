package io.ebpflb.runtime.bench.traffic;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * Real clients and servers in network namespaces, with one contender after the other between them.
 * All contenders of a setting are up at the same time, each in a network of its own, and take turns
 * at each measure: so the slices that are compared lie seconds apart.
 */
public final class TrafficBench {
  private final TrafficOptions options;
  private final List<String> balancerCommand;
  private final Consumer<String> progress;
  private final TrafficResults results;

  private TrafficBench(
      TrafficOptions options, List<String> balancerCommand, Consumer<String> progress) {
    this.options = options;
    this.balancerCommand = balancerCommand;
    this.progress = progress;
    this.results = new TrafficResults(options);
  }

  /**
   * The process needs to be root.
   *
   * @param balancerCommand what starts ebpf-lb when {@code run -c FILE} is appended
   * @param progress gets a line now and then, and one for each slice that failed
   * @throws IOException if the machine refuses, or a part does not start
   */
  public static TrafficResults run(
      TrafficOptions options, List<String> balancerCommand, Consumer<String> progress)
      throws Exception {
    TrafficBench bench = new TrafficBench(options, balancerCommand, progress);
    for (Setting setting : options.settings()) {
      bench.measure(setting);
    }
    return bench.results;
  }

  private void measure(Setting setting) throws Exception {
    List<Lane> lanes = new ArrayList<>();
    try {
      for (Contender contender : options.contenders()) {
        if (contender.runsWith(setting)) {
          progress.accept("%s: starting %s".formatted(setting.label, contender.label));
          lanes.add(Lane.open(contender, setting, balancerCommand));
        }
      }
      for (int round = 1; round <= options.rounds() && !lanes.isEmpty(); round++) {
        progress.accept("%s: round %d of %d".formatted(setting.label, round, options.rounds()));
        for (Measure measure : options.measures()) {
          lanes.forEach(lane -> take(setting, measure, lane));
        }
        // Nobody is always the first, or always after the same one.
        Collections.rotate(lanes, 1);
      }
    } finally {
      for (Lane lane : lanes) {
        lane.close();
      }
    }
  }

  private void take(Setting setting, Measure measure, Lane lane) {
    if (!lane.contender().carries(measure)) {
      return;
    }
    Series series = results.series(setting, measure, lane.contender());
    try {
      series.add(measure.take(lane, options.seconds()));
    } catch (IOException e) {
      series.add(null);
      progress.accept(
          "%s, %s, %s: failed: %s"
              .formatted(setting.label, measure.label, lane.contender().label, e.getMessage()));
    }
  }
}
