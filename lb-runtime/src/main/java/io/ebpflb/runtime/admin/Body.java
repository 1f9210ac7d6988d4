package io.ebpflb.runtime.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** Collects a reply's bytes in pieces, so that a long one is never copied into a longer array. */
final class Body extends OutputStream {

  private static final int FIRST_PIECE_BYTES = 1 << 12;
  private static final int PIECE_BYTES_MAX = 1 << 16;

  private final List<ByteBuf> full = new ArrayList<>();
  private byte[] piece = new byte[FIRST_PIECE_BYTES];
  private int used;
  private long length;

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) {
    int from = offset;
    int left = count;
    while (left > 0) {
      if (used == piece.length) {
        full.add(Unpooled.wrappedBuffer(piece));
        piece = new byte[PIECE_BYTES_MAX];
        used = 0;
      }
      int copied = Math.min(left, piece.length - used);
      System.arraycopy(bytes, from, piece, used, copied);
      used += copied;
      from += copied;
      left -= copied;
    }
    length += count;
  }

  long length() {
    return length;
  }

  /** In order. The body must not be written to afterwards. */
  List<ByteBuf> pieces() {
    List<ByteBuf> all = new ArrayList<>(full);
    if (used > 0) {
      all.add(Unpooled.wrappedBuffer(piece, 0, used));
    }
    return all;
  }
}
