package dev.sluice.cache.http;

/** What a stored response is good for, for one request (RFC 9111 §4). */
public enum Use {
  /** It is the answer. */
  FRESH,
  /** It is the answer, and is to be refreshed meanwhile (RFC 5861 §3). */
  WHILE_REVALIDATE,
  /** It is the answer because the client takes stale ones (RFC 9111 §5.2.1.2). */
  STALE,
  /** The origin must be asked whether it still holds. */
  VALIDATE;

  public static Use of(Stored stored, Asked asked, long now) {
    Lifetime life = stored.life();
    if (life.noCache() || asked.noCache()) return VALIDATE;
    long age = life.age(now);
    if (asked.maxAge() >= 0 && age > asked.maxAge() * 1000) return VALIDATE;
    long left = life.fresh() - age;
    if (left > 0) return asked.minFresh() * 1000 > left ? VALIDATE : FRESH;
    if (life.strict() || asked.minFresh() >= 0) return VALIDATE;
    if (asked.maxStale() >= 0 && -left <= asked.maxStale() * 1000) return STALE;
    return -left < life.whileRevalidate() ? WHILE_REVALIDATE : VALIDATE;
  }

  /**
   * Whether it may stand in for an origin that answers with an error (RFC 5861 §4).
   *
   * @param outOfReach whether the origin has not answered at all, when stale responses may be used
   *     without being told so (RFC 9111 §4.2.4), for as long as {@code bridgeMillis}
   */
  public static boolean bridges(
      Stored stored, Asked asked, boolean outOfReach, long bridgeMillis, long now) {
    Lifetime life = stored.life();
    if (life.strict() || asked.noCache()) return false;
    long allowed = Math.max(life.ifError(), Math.max(0, asked.staleIfError()) * 1000);
    if (outOfReach) allowed = Math.max(allowed, bridgeMillis);
    return -life.left(now) < allowed;
  }
}
