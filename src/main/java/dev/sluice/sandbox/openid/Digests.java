package dev.sluice.sandbox.openid;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/** SHA-256 and base64url without padding, of which OAuth and JWT are made. */
public final class Digests {

  private Digests() {}

  /** The digest of a text. */
  public static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  /** RFC 4648 §5, without padding. */
  public static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The left half of a token's digest: {@code at_hash} (OpenID Connect Core §3.1.3.6). */
  public static String leftHalf(String token) {
    return base64(Arrays.copyOf(sha256(token), 16));
  }
}
