package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code enum lb_part}: what a program goes on in with packets that are few. */
enum ProgramPart {
  ICMP,
  FRAGMENT,
  /** Frames with a VLAN tag, which has the other parts in turn. */
  TAGGED,
  RESET;

  /** The programs of all its parts, and of theirs. */
  static List<String> programs(String program) {
    List<String> programs = new ArrayList<>();
    for (ProgramPart part : partsOf(program)) {
      programs.add(part.of(program));
      programs.addAll(programs(part.of(program)));
    }
    return programs;
  }

  /**
   * Tells a program where its parts are, and them where theirs are.
   *
   * @param object has the parts loaded, and the program's maps
   */
  static void connect(BpfObject object, String program) {
    for (ProgramPart part : partsOf(program)) {
      String name = part.of(program);
      connect(object, name);
      ByteBuffer fd = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
      object
          .map(program.substring("lb_".length()) + "_parts")
          .update(part.ordinal(), fd.putInt(0, object.program(name).fd()));
    }
  }

  private static List<ProgramPart> partsOf(String program) {
    return switch (program) {
      case "lb_xdp" -> List.of(values());
      case "lb_xdp_tagged", "lb_tc_ingress", "lb_tc_egress" -> List.of(ICMP, FRAGMENT, RESET);
      default -> List.of();
    };
  }

  private String of(String program) {
    return program + "_" + name().toLowerCase(Locale.ROOT);
  }
}
