package io.ebpflb.runtime.traffic;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Rests for a moment after each so many bytes: a sender that takes its time. */
final class SlowStream extends FilterOutputStream {
  private static final int REST_MILLIS = 20;

  private final int stretchBytes;
  private int stretch;

  SlowStream(OutputStream out, int stretchBytes) {
    super(out);
    this.stretchBytes = stretchBytes;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    stretch += length;
    if (stretch >= stretchBytes) {
      stretch = 0;
      try {
        Thread.sleep(REST_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }
}
