package io.ebpflb.runtime.traffic;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Random;
import java.util.zip.CRC32C;

/** Bytes that both ends can compute, to tell whether a transfer arrived as it was sent. */
final class Payload {
  private static final int CHUNK_BYTES = 16384;

  private Payload() {}

  static void send(OutputStream out, int bytes) throws IOException {
    Random random = new Random(bytes);
    byte[] chunk = new byte[CHUNK_BYTES];
    for (int left = bytes; left > 0; left -= CHUNK_BYTES) {
      random.nextBytes(chunk);
      out.write(chunk, 0, Math.min(left, CHUNK_BYTES));
    }
    out.flush();
  }

  /** Receives that many bytes and returns their checksum. */
  static long receive(InputStream in, int bytes) throws IOException {
    CRC32C sum = new CRC32C();
    byte[] chunk = new byte[CHUNK_BYTES];
    for (int left = bytes; left > 0; ) {
      int n = in.read(chunk, 0, Math.min(left, CHUNK_BYTES));
      if (n < 0) {
        throw new EOFException(left + " of " + bytes + " bytes did not arrive");
      }
      sum.update(chunk, 0, n);
      left -= n;
    }
    return sum.getValue();
  }

  /** What {@link #receive} returns for what {@link #send} sends. */
  static long checksum(int bytes) {
    CRC32C sum = new CRC32C();
    try {
      send(
          new OutputStream() {
            @Override
            public void write(int b) {
              sum.update(b);
            }

            @Override
            public void write(byte[] b, int offset, int length) {
              sum.update(b, offset, length);
            }
          },
          bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return sum.getValue();
  }
}
