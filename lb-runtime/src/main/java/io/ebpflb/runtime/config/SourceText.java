package io.ebpflb.runtime.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The text of a config file, line ends made uniform, and where its lines begin. */
final class SourceText {
  static final int BYTES_MAX = 64 << 20;

  private final String name;
  private final String text;
  private final int[] lineStarts;

  SourceText(String name, String text) {
    this(name, new Uniform(text.replace("\r\n", "\n")));
  }

  private SourceText(String name, Uniform lines) {
    this.name = name;
    this.text = lines.text();
    this.lineStarts = lineStarts(text);
  }

  /** Text whose line ends are uniform; what looks as if they were not is a mistake in it. */
  private record Uniform(String text) {}

  /** Made of lines of this one. */
  SourceText of(CharSequence lines) {
    return new SourceText(name, new Uniform(lines.toString()));
  }

  /** What the file holds, at most {@link #BYTES_MAX}. */
  static byte[] bytes(Path file) throws ConfigException {
    String name = file.toString();
    if (Files.isDirectory(file)) {
      throw unreadable(name + ": is a directory, not a config file");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(BYTES_MAX + 1);
    } catch (NoSuchFileException e) {
      throw unreadable(name + ": no such file");
    } catch (AccessDeniedException e) {
      throw unreadable(name + ": no permission to read it");
    } catch (IOException e) {
      throw unreadable(name + ": cannot be read: " + e.getMessage());
    }
    checkSize(name, bytes);
    return bytes;
  }

  static void checkSize(String name, byte[] bytes) throws ConfigException {
    if (bytes.length > BYTES_MAX) {
      throw unreadable(name + ": is larger than " + (BYTES_MAX >> 20) + " MiB");
    }
  }

  static SourceText decode(String name, byte[] bytes) throws ConfigException {
    if (bytes.length == 0) {
      throw unreadable(name + ": is empty");
    }
    if (bytes.length >= 3 && bytes[0] == (byte) 0xef && bytes[1] == (byte) 0xbb) {
      throw unreadable(
          name + ":1: starts with a byte order mark, save it as UTF-8 without one (\"no BOM\")");
    }
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      int line = 1;
      for (int i = 0; i < in.position(); i++) {
        line += bytes[i] == '\n' ? 1 : 0;
      }
      throw unreadable(
          String.format(
              "%s:%d: is not UTF-8 text (byte 0x%02X)", name, line, bytes[in.position()]));
    }
    return new SourceText(name, out.flip().toString());
  }

  private static ConfigException unreadable(String problem) {
    return new ConfigException(problem + "; nothing was changed", List.of(problem));
  }

  private static int[] lineStarts(String text) {
    int[] starts = new int[16];
    int count = 1;
    for (int at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, count * 2);
      }
      starts[count++] = at + 1;
    }
    return Arrays.copyOf(starts, count);
  }

  /** As the caller named the file; part of each message. */
  String name() {
    return name;
  }

  String text() {
    return text;
  }

  int lines() {
    return lineStarts.length;
  }

  /** Counted from 1. */
  int line(int offset) {
    int found = Arrays.binarySearch(lineStarts, offset);
    return found >= 0 ? found + 1 : -found - 1;
  }

  int lineStart(int line) {
    return lineStarts[line - 1];
  }

  int lineEnd(int line) {
    return line == lineStarts.length ? text.length() : lineStarts[line] - 1;
  }
}
