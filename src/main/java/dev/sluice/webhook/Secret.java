package dev.sluice.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What a webhook and its receiver alone know (Standard Webhooks, "Signature scheme"). */
final class Secret {
  private static final String PREFIX = "whsec_";
  private static final int BYTES = 32; // of 24 to 64
  private static final String ALGORITHM = "HmacSHA256";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final byte[] bytes;

  private Secret(byte[] bytes) {
    this.bytes = bytes;
  }

  static Secret fresh() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return new Secret(bytes);
  }

  static Secret of(byte[] bytes) {
    return new Secret(bytes.clone());
  }

  byte[] bytes() {
    return bytes.clone();
  }

  /** As its owner is shown it, once. */
  String text() {
    return PREFIX + Base64.getEncoder().encodeToString(bytes);
  }

  /** Of one message at one time, in seconds. */
  String signature(String id, long timestamp, String body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(bytes, ALGORITHM));
      byte[] signed =
          mac.doFinal((id + "." + timestamp + "." + body).getBytes(StandardCharsets.UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(signed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JRE has it
    }
  }
}
