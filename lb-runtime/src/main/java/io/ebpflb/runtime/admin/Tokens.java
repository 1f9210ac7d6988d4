package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.Configuration.Token;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who shows which token. On one event loop. */
final class Tokens {

  private final Map<Token, TokenValue> values = new LinkedHashMap<>();

  /**
   * @throws AdminException if one is not to be had
   */
  static Tokens read(List<Token> tokens) {
    Tokens read = new Tokens();
    tokens.forEach(token -> read.values.put(token, TokenValue.of(token)));
    return read;
  }

  /** Takes the same time for every token that is wrong, however near it comes to one. */
  Optional<Token> find(String shown) {
    byte[] digest = digest(shown);
    Optional<Token> found = Optional.empty();
    for (Map.Entry<Token, TokenValue> each : values.entrySet()) {
      Optional<byte[]> value = each.getValue().digest();
      if (value.isPresent() && MessageDigest.isEqual(value.get(), digest)) {
        found = Optional.of(each.getKey());
      }
    }
    return found;
  }

  static byte[] digest(String value) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
