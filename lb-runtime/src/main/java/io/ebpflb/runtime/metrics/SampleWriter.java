package io.ebpflb.runtime.metrics;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Puts samples together from ready-made bytes. Flush it at the end. */
final class SampleWriter {

  private static final int BUFFER_BYTES = 1 << 13;
  private static final int LONG_DIGITS_MAX = 20;

  private final OutputStream out;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int used;

  SampleWriter(OutputStream out) {
    this.out = out;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  SampleWriter put(byte[] bytes) throws IOException {
    if (bytes.length > BUFFER_BYTES - used) {
      flush();
      if (bytes.length > BUFFER_BYTES) {
        out.write(bytes);
        return this;
      }
    }
    System.arraycopy(bytes, 0, buffer, used, bytes.length);
    used += bytes.length;
    return this;
  }

  /** Ends the line. */
  void value(double value) throws IOException {
    if (value == (long) value) {
      value((long) value);
    } else {
      put(ascii(value + "\n"));
    }
  }

  /** Ends the line. */
  void value(long value) throws IOException {
    if (value < 0) {
      put(ascii(value + "\n"));
      return;
    }
    if (BUFFER_BYTES - used <= LONG_DIGITS_MAX) {
      flush();
    }
    int digits = 1;
    for (long rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    long rest = value;
    for (int at = used + digits - 1; at >= used; at--) {
      buffer[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    used += digits;
    buffer[used++] = '\n';
  }

  void flush() throws IOException {
    out.write(buffer, 0, used);
    used = 0;
  }
}
