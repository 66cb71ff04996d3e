package dev.sluice.cache.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.observe.Metrics;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.List;

/** The store of HTTP responses, bounded by bytes. Any thread; reading takes no lock. */
public final class HttpCache {
  private static final long PASS_MILLIS = Duration.ofMinutes(2).toMillis();

  private final HttpCacheSettings settings;
  private final Groups groups;
  private final Cache<String, Variants> known;
  private final Counter hits;
  private final Counter stale;
  private final Counter misses;
  private final Counter collapsed;

  public HttpCache(HttpCacheSettings settings, Groups groups, Metrics metrics) {
    this.settings = settings;
    this.groups = groups;
    this.known =
        Caffeine.newBuilder()
            .maximumWeight(settings.bytes().bytes())
            .weigher((String key, Variants variants) -> variants.weight() + 2 * key.length())
            .build();
    this.hits = counter(metrics, "hit");
    this.stale = counter(metrics, "stale");
    this.misses = counter(metrics, "miss");
    this.collapsed = counter(metrics, "collapsed");
    metrics.gauge("cache.http.entries", "URIs the HTTP cache knows", known::estimatedSize);
    metrics.gauge("cache.http.bytes", "Weight of the HTTP cache", this::weight);
  }

  private static Counter counter(Metrics metrics, String result) {
    return metrics.counter(
        "cache.http.requests", "Requests of cache: http, by what became of them", "result", result);
  }

  public HttpCacheSettings settings() {
    return settings;
  }

  /** The stored response a request selects, fresh or stale, or null. */
  public Stored select(String key, MultiMap request, boolean authorized) {
    Variants variants = known.getIfPresent(key);
    if (variants == null) return null;
    Stored stored = variants.select(request, authorized);
    return stored != null && stored.isCurrent(groups) ? stored : null;
  }

  /** Whether there are responses of the URI for other requests than this. */
  public boolean hasOthers(String key) {
    Variants variants = known.getIfPresent(key);
    return variants != null && !variants.stored().isEmpty();
  }

  /** What equal requests have in common: the URI, and what is known to choose its variant. */
  public String flightKey(String key, MultiMap request) {
    Variants variants = known.getIfPresent(key);
    if (variants == null || variants.stored().isEmpty()) return key;
    List<String> vary = variants.stored().get(0).plan().vary();
    return vary.isEmpty() ? key : key + '\n' + String.join("\n", Vary.values(vary, request));
  }

  /**
   * Gives a stored response the head that a 304, or the answer to a HEAD, has renewed; where that
   * may not be stored the old one is forgotten.
   */
  public Stored freshen(Stored stored, Plan.Request request, MultiMap newer, long now) {
    Head renewed = stored.renewed(newer);
    Plan plan = Plan.of(request, renewed, now, settings.heuristic());
    Stored fresh = stored.freshened(renewed, plan);
    if (plan == null) drop(stored);
    else store(fresh);
    return fresh;
  }

  /**
   * Whether it was seen lately that nothing of a URI can be stored: nobody need wait for others.
   */
  public boolean isPassed(String key, long now) {
    Variants variants = known.getIfPresent(key);
    return variants != null && variants.passUntil() > now;
  }

  public void store(Stored stored) {
    known
        .asMap()
        .merge(stored.key(), new Variants(List.of(stored), 0), (old, alone) -> old.with(stored));
  }

  /** Notes that nothing of a URI can be stored, for a while. */
  public void pass(String key, long now) {
    known
        .asMap()
        .merge(
            key,
            new Variants(List.of(), now + PASS_MILLIS),
            (old, fresh) -> new Variants(old.stored(), fresh.passUntil()));
  }

  public void drop(Stored stored) {
    known.asMap().computeIfPresent(stored.key(), (key, old) -> old.without(stored));
  }

  /** An unsafe request has succeeded: what is known of its URI is stale (RFC 9111 §4.4). */
  public void invalidate(String key) {
    known.invalidate(key);
  }

  public Groups groups() {
    return groups;
  }

  public void countHit() {
    hits.increment();
  }

  public void countStale() {
    stale.increment();
  }

  public void countMiss() {
    misses.increment();
  }

  public void countCollapsed() {
    collapsed.increment();
  }

  private long weight() {
    return known.policy().eviction().map(e -> e.weightedSize().orElse(0)).orElse(0L);
  }
}
