package dev.sluice.call;

/**
 * What a cache did for a reply, as RFC 9211 words it.
 *
 * @param status the Cache-Status parameters, such as {@code hit; ttl=120} or {@code fwd=miss;
 *     stored}; null where no cache was asked
 * @param etag the entity tag of the identity representation, or null
 * @param control the Cache-Control to send, or null
 * @param ageSeconds the Age, -1 where it did not come from a store
 */
public record Cached(String status, String etag, String control, long ageSeconds) {
  public static final Cached NONE = new Cached(null, null, null, -1);
}
