package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The VLAN tags of the packet lab as XDP meets them, for a model that knows nothing of tags: it is
 * shown frames as if their interface had taken the tag off.
 */
final class FrameTags {
  private static final int AT = 12;
  static final int BYTES = 4;
  private static final int ID = 0xfff;

  private FrameTags() {}

  /** Whether what follows the addresses says that it is a tag. */
  static boolean isTagged(byte[] frame) {
    return isTag(type(frame, AT));
  }

  /** The packet without its tag, if it has one alone and that is its interface's; else as it is. */
  static Mutant readThrough(Mutant mutant) {
    byte[] frame = mutant.frame();
    if (!isTagged(frame) || frame.length < AT + BYTES + 2 || isTag(type(frame, AT + BYTES))) {
      return mutant;
    }
    int id = type(frame, AT + 2) & ID;
    VlanTag tag = new VlanTag(mutant.ifindex(), type(frame, AT), id);
    boolean known = id == 0 || List.of(PacketLab.CLIENT_TAG, PacketLab.BACKEND_TAG).contains(tag);
    return known
        ? new Mutant(without(frame), mutant.ifindex(), false, mutant.padding(), mutant.story())
        : mutant;
  }

  /** What became of a packet that was read through, its tag being where it should. */
  static MutantResult leftWith(byte[] given, MutantResult result) {
    byte[] left = result.packet();
    assertThat(Arrays.copyOfRange(left, AT, AT + BYTES))
        .as("tag of what stays here")
        .isEqualTo(Arrays.copyOfRange(given, AT, AT + BYTES));
    return new MutantResult(result.verdict(), without(left), result.counted());
  }

  /** What became of a packet that was sent, its tag being the one of the network it is for. */
  static MutantResult sentWith(MutantResult result) {
    byte[] left = result.packet();
    byte[] frame = isTagged(left) ? without(left) : left;
    VlanTag due =
        isOn(PacketLab.TAGGED_CLIENT_NETWORK, frame)
            ? PacketLab.CLIENT_TAG
            : isOn(PacketLab.TAGGED_BACKEND_NETWORK, frame) ? PacketLab.BACKEND_TAG : null;
    assertThat(isTagged(left)).as("sent with a tag").isEqualTo(due != null);
    if (due != null) {
      assertThat(type(left, AT)).as("kind of tag").isEqualTo(due.protocol());
      assertThat(type(left, AT + 2)).as("tag").isEqualTo(due.id());
    }
    return new MutantResult(result.verdict(), frame, result.counted());
  }

  /** Whether the packet is for somebody on this network of the lab's. */
  static boolean isOn(int network, byte[] frame) {
    FrameView view = new FrameView(frame);
    if (view.family() == 0) {
      return false;
    }
    Scene.Family family = view.family() == 4 ? Scene.Family.IPV4 : Scene.Family.IPV6;
    ByteBuffer prefix = ByteBuffer.wrap(family.on(network, 1).getAddress(), 0, 2);
    return prefix.equals(view.destAddress().slice(0, 2));
  }

  private static byte[] without(byte[] frame) {
    byte[] shorter = Arrays.copyOf(frame, frame.length - BYTES);
    System.arraycopy(frame, AT + BYTES, shorter, AT, shorter.length - AT);
    return shorter;
  }

  static boolean isTag(int type) {
    return type == 0x8100 || type == 0x88a8;
  }

  private static int type(byte[] frame, int at) {
    return ByteBuffer.wrap(frame).getShort(at) & 0xffff;
  }
}
