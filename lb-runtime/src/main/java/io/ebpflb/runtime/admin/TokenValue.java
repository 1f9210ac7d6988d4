package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.Configuration.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;

/**
 * The value of one token, as its digest. One that is in a file is read again when the file changes,
 * so that it can be replaced without a restart. Not thread-safe.
 */
final class TokenValue {

  /** With less, guessing would have to be slowed down by more than a pause. */
  private static final int LENGTH_MIN = 20;

  private static final int LENGTH_MAX = 1024;

  private record Print(Object fileKey, FileTime modified, long bytes) {}

  private final Token token;
  private Optional<Print> print = Optional.empty();
  private Optional<byte[]> digest = Optional.empty();

  private TokenValue(Token token) {
    this.token = token;
  }

  /**
   * @throws AdminException if it is not to be had, or is none
   */
  static TokenValue of(Token token) {
    TokenValue value = new TokenValue(token);
    try {
      if (token.file().isPresent()) {
        value.read(token.file().get());
      } else {
        String variable = token.environment().orElseThrow();
        value.digest = Optional.of(digest(System.getenv().getOrDefault(variable, "")));
      }
      return value;
    } catch (IOException | IllegalArgumentException unusable) {
      throw new AdminException(
          "read the admin token \""
              + token.name()
              + "\" from "
              + token.file().map(Path::toString).orElseGet(token.environment()::orElseThrow)
              + ": "
              + (unusable instanceof NoSuchFileException ? "no such file" : unusable.getMessage()));
    }
  }

  /** Empty if the file is gone or holds no token any more: nobody has it then. */
  Optional<byte[]> digest() {
    try {
      if (token.file().isPresent()) {
        read(token.file().get());
      }
    } catch (IOException | IllegalArgumentException unusable) {
      print = Optional.empty();
      digest = Optional.empty();
    }
    return digest;
  }

  private void read(Path file) throws IOException {
    BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
    Print now = new Print(found.fileKey(), found.lastModifiedTime(), found.size());
    if (print.equals(Optional.of(now))) {
      return;
    }
    if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
      throw new IllegalArgumentException("everybody can read it; chmod o= takes that away");
    }
    if (found.size() > LENGTH_MAX) {
      throw new IllegalArgumentException("it is longer than " + LENGTH_MAX + " bytes");
    }
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    digest = Optional.of(digest(text.lines().findFirst().orElse("").strip()));
    print = Optional.of(now);
  }

  private static byte[] digest(String value) {
    if (value.length() < LENGTH_MIN || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          "a token is one word of at least "
              + LENGTH_MIN
              + " ASCII characters, such as openssl rand -hex 32 prints");
    }
    return Tokens.digest(value);
  }
}
