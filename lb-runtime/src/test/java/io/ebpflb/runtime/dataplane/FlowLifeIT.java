package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How long flows live when nobody speaks, and what an RST shortens. */
class FlowLifeIT {
  private static final Duration ESTABLISHED = Duration.ofSeconds(6);
  private static final Duration OTHERS = Duration.ofSeconds(1);
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final int WEB = Scene.WEB;
  private static final List<World> WORLDS = new ArrayList<>();

  /** Each with counters of its own, so that all of them can wait at the same time. */
  private record World(
      PacketLab lab, BpfDataPlane dataPlane, Scene.Hook hook, Scene.Family family) {
    Scene scene(int clientPort) {
      return new Scene(lab, dataPlane, hook, family, Packet.TCP, clientPort);
    }
  }

  @BeforeAll
  static void open() throws Exception {
    for (Scene.Hook hook : Scene.Hook.values()) {
      for (Scene.Family family : Scene.Family.values()) {
        PacketLab lab = PacketLab.create("life-" + WORLDS.size());
        BpfDataPlane dataPlane =
            lab.within(() -> PacketTableDataPlane.open(hook, ESTABLISHED, OTHERS));
        WORLDS.add(new World(lab, dataPlane, hook, family));
      }
    }
  }

  @AfterAll
  static void close() throws Exception {
    for (World world : WORLDS) {
      world.dataPlane().close();
      world.lab().close();
    }
  }

  private interface Story {
    void in(World world) throws Exception;
  }

  private static void everywhere(Story story) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(WORLDS.size());
    try {
      List<Future<?>> told = new ArrayList<>();
      for (World world : WORLDS) {
        told.add(
            threads.submit(
                () -> {
                  story.in(world);
                  return null;
                }));
      }
      for (Future<?> each : told) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  private static void awaitGone(World world, Scene flow) throws Exception {
    FlowQuery query =
        new FlowQuery(Optional.empty(), Optional.empty(), OptionalInt.of(flow.clientPort()));
    await(() -> world.dataPlane().flows(query, 1).matching() == 0);
  }

  private static void awaitNoneActive(Scene s) throws Exception {
    await(() -> s.counters(WEB).active() == 0);
  }

  @Test
  void oneThatIsNotAnsweredEndsFirstAndAnEstablishedOneLast() throws Exception {
    everywhere(FlowLifeIT::endsByItsState);
  }

  private static void endsByItsState(World world) throws Exception {
    Scene kept = world.scene(1001);
    kept.establish(WEB);
    long started = System.nanoTime();
    Scene halfOpen = world.scene(1002);
    halfOpen.fromClient(halfOpen.open(WEB)).reachesBackend(halfOpen.open(WEB));
    Scene closed = world.scene(1003);
    closed.establish(WEB);
    closed.finish(WEB);
    long unanswered = kept.counters(WEB).unanswered();
    assertThat(kept.counters(WEB).active()).isEqualTo(3);

    awaitGone(world, halfOpen);
    awaitGone(world, closed);
    assertThat(kept.counters(WEB).unanswered() - unanswered).isEqualTo(1);
    halfOpen.fromBackend(halfOpen.answer()).passes();
    closed.fromBackend(closed.reply(10)).passes();
    awaitGone(world, kept);
    assertThat(System.nanoTime() - started).isGreaterThan(ESTABLISHED.toNanos() * 9 / 10);
    kept.fromBackend(kept.reply(10)).passes();
  }

  @Test
  void oneThatWasResetStopsCountingButIsFoundIfTheRstWasForged() throws Exception {
    everywhere(FlowLifeIT::isSetAside);
  }

  private static void isSetAside(World world) throws Exception {
    Scene serverSpeaks = reset(world.scene(2001));
    Scene clientSpeaks = reset(world.scene(2002));
    Scene over = reset(world.scene(2003));
    long retired = over.tableEvents("retired");
    long opened = over.tableEvents("opened");
    assertThat(over.counters(WEB).active()).isEqualTo(3);

    awaitNoneActive(over);
    assertThat(over.tableEvents("retired") - retired).isEqualTo(3);
    // Another RST does not shorten what is left.
    Packet again = serverSpeaks.clientSays(Packet.RST, WEB);
    serverSpeaks.fromClient(again).reachesBackend(again);

    serverSpeaks.fromBackend(serverSpeaks.reply(10)).reachesClient(serverSpeaks.reply(10), WEB);
    long promoted = over.tableEvents("promoted");
    Packet data = clientSpeaks.data(WEB, 10);
    clientSpeaks.fromClient(data).reachesBackend(data);
    assertThat(over.tableEvents("promoted") - promoted).isEqualTo(1);
    assertThat(over.tableEvents("opened") - opened).isEqualTo(2);
    assertThat(over.counters(WEB).active()).isEqualTo(2);

    awaitNoneActive(over);
  }

  private static Scene reset(Scene scene) {
    scene.establish(WEB);
    Packet forged = scene.toService(WEB).tcp(Packet.RST, 0x12345678, 0);
    scene.fromClient(forged).reachesBackend(forged);
    return scene;
  }

  @Test
  void silentOneGivesWayToASynStraightToItsBackendOnceThatAnswers() throws Exception {
    everywhere(FlowLifeIT::givesWay);
  }

  private static void givesWay(World world) throws Exception {
    Scene s = world.scene(3001);
    s.establish(WEB);
    long replaced = s.tableEvents("replaced_direct");
    Packet straight = s.open(WEB).to(s.backend(), Scene.BACKEND_PORT);
    s.fromClient(straight).isDroppedBecause("direct");
    await(() -> !s.fromClient(straight).wasDropped());
    // The backend knows the flow: a mere ACK, which is the flow's.
    Packet challenge = s.backendSays(Packet.ACK);
    s.fromBackend(challenge).reachesClient(challenge, WEB);
    assertThat(s.tableEvents("replaced_direct")).isEqualTo(replaced);

    await(() -> !s.fromClient(straight).wasDropped());
    s.fromBackend(s.answer()).passes();
    assertThat(s.tableEvents("replaced_direct") - replaced).isEqualTo(1);
    awaitNoneActive(s);
  }
}
