package io.ebpflb.runtime.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A config as it is written, whether it comes from its file or from elsewhere. Immutable. */
public final class ConfigText {
  private static final int HASH_DIGITS = 16;

  private final Path file;
  private final byte[] bytes;
  private final SourceText source;
  private String hash;

  private ConfigText(Path file, byte[] bytes) throws ConfigException {
    this.file = file;
    this.bytes = bytes;
    this.source = SourceText.decode(file.toString(), bytes);
  }

  /**
   * @param file named in messages as it is given here
   * @throws ConfigException if there is no text in UTF-8 to be had
   */
  public static ConfigText read(Path file) throws ConfigException {
    return new ConfigText(file, SourceText.bytes(file));
  }

  /**
   * @param file what this is the text of, or would be
   * @throws ConfigException if it is empty or too long
   */
  public static ConfigText of(Path file, String text) throws ConfigException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    SourceText.checkSize(file.toString(), bytes);
    return new ConfigText(file, bytes);
  }

  /** What this is the text of; messages name it. */
  public Path file() {
    return file;
  }

  SourceText source() {
    return source;
  }

  /** As it was given, with its own line ends. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** See {@link #text}; a copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The first 16 digits that {@code sha256sum} prints. */
  public synchronized String hash() {
    if (hash == null) {
      hash = digest();
    }
    return hash;
  }

  private String digest() {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
