package dev.sluice.call;

/**
 * What a cache did for a reply, as RFC 9211 words it.
 *
 * @param status the Cache-Status parameters, such as {@code hit; ttl=120} or {@code fwd=miss;
 *     stored}; null where no cache was asked
 * @param etag the entity tag of the identity representation, or null
 * @param control the Cache-Control to send, or null; from an origin, its word on storing
 * @param ageSeconds the Age, -1 where it did not come from a store
 */
public record Cached(String status, String etag, String control, long ageSeconds) {
  public static final Cached NONE = new Cached(null, null, null, -1);

  /** An origin's word that nobody may store its reply (RFC 9111 §5.2.2.5). */
  public static final Cached NO_STORE = new Cached(null, null, "no-store", -1);

  /** An origin's word that its reply is for one caller alone (RFC 9111 §5.2.2.7). */
  public static final Cached PRIVATE = new Cached(null, null, "private", -1);

  /** Whether an origin lets a reply be stored, for everyone or for its caller alone. */
  public boolean mayStore(boolean forEveryone) {
    return control == null || control.equals("private") && !forEveryone;
  }
}
