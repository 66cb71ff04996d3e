package dev.sluice.call;

/**
 * How a caller wants a call done.
 *
 * @param key that this call and each repeat of it go by, so that they have one effect
 *     (Idempotency-Key, draft-ietf-httpapi-idempotency-key-header); null without one
 * @param later whether it may be done after it is answered (Prefer: respond-async, RFC 7240 §4.1)
 * @param claim of the run that this is, where it is one of possibly several; else null
 */
public record Wish(String key, boolean later, Claim claim) {
  public static final Wish NONE = new Wish(null, false);

  public Wish(String key, boolean later) {
    this(key, later, null);
  }

  public Wish claimed(Claim claim) {
    return new Wish(key, later, claim);
  }
}
