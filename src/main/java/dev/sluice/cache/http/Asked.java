package dev.sluice.cache.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;

/** What a request says about caching (RFC 9111 §5.2.1, §5.4). Seconds; -1 where it says nothing. */
public record Asked(
    boolean noStore,
    boolean noCache,
    boolean onlyIfCached,
    long maxAge,
    long minFresh,
    long maxStale,
    long staleIfError,
    boolean authorized) {
  static final Asked NOTHING = new Asked(false, false, false, -1, -1, -1, -1, false);
  private static final Asked WITH_TOKEN = new Asked(false, false, false, -1, -1, -1, -1, true);

  public static Asked of(MultiMap fields) {
    boolean authorized = fields.contains(HttpHeaders.AUTHORIZATION);
    if (!fields.contains(HttpHeaders.CACHE_CONTROL)) {
      if (!fields.contains("pragma")) return authorized ? WITH_TOKEN : NOTHING;
      boolean noCache = Directives.parse(fields.getAll("pragma")).has("no-cache");
      return new Asked(false, noCache, false, -1, -1, -1, -1, authorized);
    }
    Directives says = Directives.parse(fields.getAll(HttpHeaders.CACHE_CONTROL));
    return new Asked(
        says.has("no-store"),
        says.has("no-cache"),
        says.has("only-if-cached"),
        says.seconds("max-age"),
        says.seconds("min-fresh"),
        says.isPlain("max-stale") ? Integer.MAX_VALUE : says.seconds("max-stale"),
        says.seconds("stale-if-error"),
        authorized);
  }
}
