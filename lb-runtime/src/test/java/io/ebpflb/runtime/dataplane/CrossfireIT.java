package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two CPUs at the same sets of the flow table, a minute in all, half an hour in a long run: no
 * packet leaves with another flow's addresses, and in the end the table agrees with the counts.
 */
class CrossfireIT {
  private static final Duration EACH_HOOK =
      Boolean.getBoolean("lb.long") ? Duration.ofMinutes(15) : Duration.ofSeconds(30);
  private static final long SEED = Long.getLong("lb.crossfire.seed", 1);
  private static final int CPUS = 2;
  private static final int NEVER = 1 << 30;

  @ParameterizedTest
  @EnumSource(Scene.Hook.class)
  void noPacketLeavesWithAnotherFlowsAddresses(Scene.Hook hook) throws Exception {
    try (PacketLab lab = PacketLab.create("crossfire-" + hook);
        BpfDataPlane dataPlane = lab.within(() -> CrossfirePlan.open(hook))) {
      List<Crossfire> sides = new ArrayList<>();
      for (int side = 0; side < CPUS; side++) {
        sides.add(new Crossfire(dataPlane, hook, SEED + side));
      }
      // The programs that the sides run find written what this looked for: all flows.
      dataPlane.removeFlows(FlowQuery.ALL);
      lab.within(() -> fire(sides));
      rest(dataPlane);
      for (Crossfire side : sides) {
        assertThat(side.changed()).as("translated packets").isGreaterThan(side.tried() / 4);
        assertThat(side.reset()).as("packets answered by RST").isGreaterThan(100);
      }
      assertThat(dataPlane.flowTableEvents())
          .allSatisfy(
              (event, count) -> {
                if (List.of("opened", "promoted", "retired", "evicted").contains(event)) {
                  assertThat(count).as(event).isGreaterThan(1_000);
                }
              });
      FlowTableAudit.check(dataPlane);
    }
  }

  private static Void fire(List<Crossfire> sides) throws Exception {
    long deadline = System.nanoTime() + EACH_HOOK.toNanos();
    // Born here, the threads are in the lab's namespace.
    ExecutorService threads = Executors.newFixedThreadPool(sides.size());
    try {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int cpu = 0; cpu < sides.size(); cpu++) {
        int number = cpu;
        tasks.add(
            () -> {
              sides.get(number).run(number, deadline);
              return null;
            });
      }
      for (Future<Void> task : threads.invokeAll(tasks)) {
        task.get();
      }
      return null;
    } finally {
      threads.shutdownNow();
    }
  }

  /** From here on the balancer's own sweep removes nothing; one that runs still may. */
  private static void rest(BpfDataPlane dataPlane) {
    try (MappedMemory settings = dataPlane.map(".data.settings").mapped()) {
      for (int offset :
          List.of(
              SettingsLayout.ESTABLISHED_TIMEOUT,
              SettingsLayout.HALF_OPEN_TIMEOUT,
              SettingsLayout.CLOSING_TIMEOUT,
              SettingsLayout.UDP_TIMEOUT)) {
        settings.putInt(offset, NEVER);
      }
    }
    // A whole sweep with the new settings: whoever began before it is through.
    dataPlane.program("lb_sweep").run();
  }
}
