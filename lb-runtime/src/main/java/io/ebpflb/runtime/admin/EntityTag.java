package io.ebpflb.runtime.admin;

import io.netty.buffer.ByteBuf;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Strong entity tags (RFC 9110 section 8.8.3): equal tags mean equal bytes. */
final class EntityTag {

  private static final int BYTES = 12;

  private EntityTag() {}

  static String of(Body body) {
    MessageDigest digest = sha256();
    for (ByteBuf piece : body.pieces()) {
      digest.update(piece.nioBuffer());
    }
    return '"' + HexFormat.of().formatHex(digest.digest(), 0, BYTES) + '"';
  }

  /** Whether an If-Match header names a tag; weak ones never match (section 13.1.1). */
  static boolean matches(String ifMatch, String tag) {
    for (String each : ifMatch.split(",")) {
      String candidate = each.strip();
      if (candidate.equals("*") || candidate.equals(tag)) {
        return true;
      }
    }
    return false;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
