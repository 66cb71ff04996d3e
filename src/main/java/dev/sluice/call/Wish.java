package dev.sluice.call;

/**
 * How a caller wants a call done.
 *
 * @param key that this call and each repeat of it go by, so that they have one effect
 *     (Idempotency-Key, draft-ietf-httpapi-idempotency-key-header); null without one
 * @param later whether it may be done after it is answered (Prefer: respond-async, RFC 7240 §4.1)
 */
public record Wish(String key, boolean later) {
  public static final Wish NONE = new Wish(null, false);
}
