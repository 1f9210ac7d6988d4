package io.ebpflb.runtime.dataplane;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs the packet table: each row at both hooks, in both families and protocols, byte for byte. The
 * programs are set up by the production control plane and hold state over all rows.
 */
@Tag("side-by-side")
class PacketTableIT {
  private static final int FIRST_CLIENT_PORT = 20000;

  private static final Map<Scene.Hook, PacketLab> LABS = new EnumMap<>(Scene.Hook.class);
  private static final Map<Scene.Hook, BpfDataPlane> DATA_PLANES = new EnumMap<>(Scene.Hook.class);

  @BeforeAll
  static void open() throws Exception {
    for (Scene.Hook hook : Scene.Hook.values()) {
      PacketLab lab = PacketLab.create(hook.name().toLowerCase(java.util.Locale.ROOT));
      LABS.put(hook, lab);
      DATA_PLANES.put(hook, lab.within(() -> PacketTableDataPlane.open(hook)));
    }
  }

  @AfterAll
  static void close() throws Exception {
    DATA_PLANES.values().forEach(DataPlane::close);
    for (PacketLab lab : LABS.values()) {
      lab.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> rows() {
    List<DynamicTest> tests = new ArrayList<>();
    int clientPort = FIRST_CLIENT_PORT;
    for (Scene.Hook hook : Scene.Hook.values()) {
      for (Scene.Family family : Scene.Family.values()) {
        for (int protocol : List.of(Packet.TCP, Packet.UDP)) {
          for (PacketRow row : PacketTable.rows()) {
            if (row.appliesTo(hook, family, protocol == Packet.TCP)) {
              tests.add(test(row, hook, family, protocol, clientPort++));
            }
          }
        }
      }
    }
    return tests.stream();
  }

  private static DynamicTest test(
      PacketRow row, Scene.Hook hook, Scene.Family family, int protocol, int clientPort) {
    String name =
        "%s %s %s: %s".formatted(hook, family, protocol == Packet.TCP ? "TCP" : "UDP", row.name());
    Scene scene =
        new Scene(LABS.get(hook), DATA_PLANES.get(hook), hook, family, protocol, clientPort);
    return DynamicTest.dynamicTest(name, () -> run(row, name, scene));
  }

  /** Reports that lose a dynamic test's name still tell which row failed. */
  private static void run(PacketRow row, String name, Scene scene) {
    try {
      row.steps().accept(scene);
    } catch (AssertionError e) {
      throw new AssertionError(name + ": " + e.getMessage(), e);
    }
  }
}
