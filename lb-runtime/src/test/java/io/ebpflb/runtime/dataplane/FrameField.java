package io.ebpflb.runtime.dataplane;

import java.util.ArrayList;
import java.util.List;

/** A header's field in a frame, as far as the frame is what it was made as. */
record FrameField(String name, int offset, int bytes) {
  private static final int TYPE = 12;
  private static final int ICMP_BYTES = 8;

  boolean isAddress() {
    return name.endsWith("source") || name.endsWith("dest");
  }

  /** All fields that the frame is long enough for, those of a packet quoted by ICMP too. */
  static List<FrameField> of(byte[] frame) {
    List<FrameField> fields = new ArrayList<>();
    fields.add(new FrameField("to MAC", 0, 6));
    int at = TYPE;
    while (FrameTags.isTag(type(frame, at))) {
      fields.add(new FrameField("tag", at, 2));
      fields.add(new FrameField("tag control", at + 2, 2));
      at += FrameTags.BYTES;
    }
    int type = type(frame, at);
    fields.add(new FrameField("type", at, 2));
    int family = type == 0x0800 ? 4 : type == 0x86dd ? 6 : 0;
    addPacket(fields, frame, family, at + 2, "");
    fields.removeIf(field -> field.offset + field.bytes > frame.length);
    return fields;
  }

  /** 0 behind its end. */
  private static int type(byte[] frame, int at) {
    return at + 2 > frame.length ? 0 : (frame[at] & 0xff) << 8 | frame[at + 1] & 0xff;
  }

  private static void addPacket(
      List<FrameField> fields, byte[] frame, int family, int ip, String prefix) {
    if (family == 4 && frame.length >= ip + 20) {
      Adder add = new Adder(fields, ip, prefix + "ip ");
      add.fields("version", 0, 1, "tos", 1, 1, "length", 2, 2, "id", 4, 2, "fragment", 6, 2);
      add.fields("ttl", 8, 1, "protocol", 9, 1, "check", 10, 2, "source", 12, 4, "dest", 16, 4);
      int header = (frame[ip] & 15) * 4;
      addTransport(fields, frame, frame[ip + 9] & 0xff, family, ip + Math.max(20, header), prefix);
    } else if (family == 6 && frame.length >= ip + 40) {
      Adder add = new Adder(fields, ip, prefix + "ip ");
      add.fields("version", 0, 4, "length", 4, 2, "next", 6, 1, "hops", 7, 1);
      add.fields("source", 8, 16, "dest", 24, 16);
      // An extension header has its own kind first and its length second.
      add.fields("extension next", 40, 1, "extension length", 41, 1);
      addTransport(fields, frame, frame[ip + 6] & 0xff, family, ip + 40, prefix);
    }
  }

  private static void addTransport(
      List<FrameField> fields, byte[] frame, int protocol, int family, int at, String prefix) {
    Adder add = new Adder(fields, at, prefix);
    if (protocol == Packet.TCP) {
      add.fields("source port", 0, 2, "dest port", 2, 2, "sequence", 4, 4, "ack", 8, 4);
      add.fields("data offset", 12, 1, "flags", 13, 1, "window", 14, 2, "check", 16, 2);
    } else if (protocol == Packet.UDP) {
      add.fields("source port", 0, 2, "dest port", 2, 2, "udp length", 4, 2, "check", 6, 2);
    } else if ((protocol == 1 || protocol == 58) && prefix.isEmpty()) {
      add.fields("icmp type", 0, 1, "icmp code", 1, 1, "icmp check", 2, 2, "icmp rest", 4, 4);
      addPacket(fields, frame, family, at + ICMP_BYTES, "quoted ");
    }
  }

  /** Names, offsets and sizes one after the other, as a table. */
  private record Adder(List<FrameField> fields, int base, String prefix) {
    void fields(Object... table) {
      for (int i = 0; i < table.length; i += 3) {
        fields.add(
            new FrameField(prefix + table[i], base + (int) table[i + 1], (int) table[i + 2]));
      }
    }
  }
}
