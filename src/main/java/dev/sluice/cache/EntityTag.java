package dev.sluice.cache;

import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/** Strong entity tags (RFC 9110 §8.8.3): equal exactly when the bytes are. */
public final class EntityTag {
  private EntityTag() {}

  /** The quoted tag of these bytes. */
  public static String of(Buffer bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes.getBytes());
      byte[] head = Arrays.copyOf(hash, 12);
      return "\"" + Base64.getUrlEncoder().withoutPadding().encodeToString(head) + "\"";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
