package io.ebpflb.runtime.dataplane;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code enum lb_part}: what a program goes on in with packets that are few. */
enum ProgramPart {
  ICMP,
  FRAGMENT;

  /** The program with all its parts, to be loaded together. */
  static List<String> programs(String program) {
    List<String> programs = new ArrayList<>(List.of(program));
    for (ProgramPart part : values()) {
      programs.add(part.of(program));
    }
    return programs;
  }

  /** Tells a loaded program where its parts are; before it meets packets. */
  static void connect(BpfObject object, String program) {
    BpfMap parts = object.map(program.substring("lb_".length()) + "_parts");
    for (ProgramPart part : values()) {
      ByteBuffer fd = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
      parts.update(part.ordinal(), fd.putInt(0, object.program(part.of(program)).fd()));
    }
  }

  private String of(String program) {
    return program + "_" + name().toLowerCase(Locale.ROOT);
  }
}
