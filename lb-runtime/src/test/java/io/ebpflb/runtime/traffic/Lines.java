package io.ebpflb.runtime.traffic;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Lines of text from a stream that goes on with other bytes. */
final class Lines {
  private Lines() {}

  /** The next line without its end. */
  static String read(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("connection closed after \"" + line + "\"");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
