package dev.sluice.sandbox.openid;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * An authorization code that was given out, and what must be the same when it is redeemed.
 *
 * @param expiresAt in milliseconds of the epoch
 * @param used whether it has been redeemed
 */
record Code<A extends Account>(
    Grant<A> grant, String redirectUri, String challenge, long expiresAt, boolean used) {

  Code<A> redeemed() {
    return new Code<>(grant, redirectUri, challenge, expiresAt, true);
  }

  /** RFC 7636 §4.6, for S256. */
  boolean isFor(String verifier) {
    byte[] digest = Digests.sha256(verifier);
    byte[] expected = challenge.getBytes(StandardCharsets.US_ASCII);
    byte[] actual = Digests.base64(digest).getBytes(StandardCharsets.US_ASCII);
    return MessageDigest.isEqual(expected, actual);
  }
}
