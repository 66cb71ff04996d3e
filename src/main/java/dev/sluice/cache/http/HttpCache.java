package dev.sluice.cache.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.observe.Metrics;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** The store of HTTP responses, bounded by bytes. Any thread; reading takes no lock. */
public final class HttpCache {
  private static final long PASS_MILLIS = Duration.ofMinutes(2).toMillis();

  private final HttpCacheSettings settings;
  private final Groups groups;
  private final Cache<String, Variants> known;
  private final Map<Object, String> views = new ConcurrentHashMap<>();
  private final AtomicInteger named = new AtomicInteger();
  private final AtomicLong held = new AtomicLong();
  private final Map<Result, Counter> counters = new EnumMap<>(Result.class);

  public HttpCache(HttpCacheSettings settings, Groups groups, Metrics metrics) {
    this.settings = settings;
    this.groups = groups;
    this.known =
        Caffeine.newBuilder()
            .maximumWeight(settings.bytes().bytes())
            .weigher((String key, Variants variants) -> variants.weight() + 2 * key.length())
            .build();
    for (Result result : Result.values()) counters.put(result, counter(metrics, result));
    metrics.gauge("cache.http.entries", "URIs the HTTP cache knows", known::estimatedSize);
    metrics.gauge("cache.http.bytes", "Weight of the HTTP cache", this::weight);
    metrics.gauge("cache.http.held", "Bytes of responses under way to the HTTP cache", held::get);
  }

  private static Counter counter(Metrics metrics, Result result) {
    return metrics.counter(
        "cache.http.requests",
        "Requests of cache: http, by what became of them",
        "result",
        result.name().toLowerCase(Locale.ROOT));
  }

  /**
   * A short name for what answers may depend on beside their request; equal ones have the same. No
   * name is given twice, so that what was stored under other rules stays behind.
   */
  public String view(Object of) {
    return views.computeIfAbsent(of, v -> Integer.toString(named.incrementAndGet(), 36));
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
    return variants != null && variants.stored().stream().anyMatch(one -> one.isCurrent(groups));
  }

  /** What equal requests have in common: the URI, and what is known to choose its variant. */
  public String flightKey(String key, MultiMap request) {
    Variants variants = known.getIfPresent(key);
    if (variants == null || variants.stored().isEmpty()) return key;
    return flightKey(variants.stored().get(0), request);
  }

  /** The same, by what chooses among the variants of one that is known. */
  public String flightKey(Stored one, MultiMap request) {
    List<String> vary = one.plan().vary();
    String values = String.join("\n", Vary.values(vary, request));
    return vary.isEmpty() ? one.key() : one.key() + '\n' + values;
  }

  /**
   * Whether a response that was fetched for another request is the answer to this one too (RFC 9111
   * §4): it must be one that could come from the store without asking.
   */
  public boolean isFor(Stored fetched, MultiMap request, long now) {
    Asked asked = Asked.of(request);
    return isShared(fetched, now)
        && !isOutdated(fetched.key(), fetched.plan().epoch())
        && (fetched.plan().open() || !asked.authorized())
        && fetched.plan().suits(request)
        && Use.of(fetched, asked, now) != Use.VALIDATE;
  }

  /** Whether a response can be the answer to requests it was not fetched for. */
  public boolean isShared(Stored fetched, long now) {
    return !fetched.setsCookies()
        && fetched.isCurrent(groups)
        && Use.of(fetched, Asked.NOTHING, now) != Use.VALIDATE;
  }

  /** Whether a stored response may stand in for an origin that fails (RFC 5861 §4). */
  public boolean bridges(Stored stored, MultiMap request, boolean outOfReach, long now) {
    long millis = settings.bridge().toMillis();
    return stored.plan().suits(request)
        && Use.bridges(stored, Asked.of(request), outOfReach, millis, now);
  }

  /**
   * A stored response whose head was renewed.
   *
   * @param own for the client whose request has renewed it
   * @param kept for all others; null where it may not be stored any more
   */
  public record Renewed(Stored own, Stored kept) {}

  /**
   * Gives a stored response the head that a 304, or the answer to a HEAD, has renewed; where that
   * may not be stored the old one is forgotten.
   */
  public Renewed freshen(Stored stored, Plan.Request request, MultiMap newer, long now) {
    Head renewed = stored.renewed(newer);
    Plan plan = Plan.of(request, renewed, now, settings.heuristic());
    boolean cookie = newer.contains(HttpHeaders.SET_COOKIE); // this client's own, as a rule
    if (cookie && (plan == null || !Plan.statesLifetime(newer, now))) {
      Head plain = renewed.without(HttpHeaders.SET_COOKIE);
      plan = Plan.of(request, plain, now, settings.heuristic());
    }
    if (plan == null) {
      drop(stored);
      return new Renewed(stored.freshened(renewed.fields(), stored.plan()), null);
    }
    Stored kept = stored.freshened(plan.fields(), plan);
    known.asMap().computeIfPresent(stored.key(), (key, old) -> old.replacing(stored, kept));
    return new Renewed(stored.freshened(renewed.fields(), plan), kept);
  }

  /** Whether nobody need wait for the answer to another: it was seen lately that it is not his. */
  public boolean isPassed(String key, long now) {
    Variants variants = known.getIfPresent(key);
    return variants != null && variants.passUntil() > now;
  }

  /** Whether something has made stale what was asked for at a time, ms, since. */
  public boolean isOutdated(String key, long askedAt) {
    Variants variants = known.getIfPresent(key);
    return variants != null && variants.isOutdated(askedAt);
  }

  /** Stores a response, unless it has become stale while it was fetched. */
  public void store(Stored stored) {
    change(stored.key(), old -> old.with(stored, settings.bytes().bytes() / 2));
  }

  /** Notes that the responses of a URI are not to be shared, for a while. */
  public void pass(String key, long now) {
    change(key, old -> old.passing(now + PASS_MILLIS));
  }

  public void drop(Stored stored) {
    known.asMap().computeIfPresent(stored.key(), (key, old) -> old.without(stored));
  }

  /**
   * An unsafe request has succeeded: what is known of its URI is stale, and so is what others have
   * asked for and not received yet (RFC 9111 §4.4).
   */
  public void invalidate(String key, long now) {
    change(key, old -> new Variants(List.of(), old.passUntil(), now));
  }

  private void change(String key, UnaryOperator<Variants> change) {
    known.asMap().compute(key, (same, old) -> change.apply(old == null ? Variants.NONE : old));
  }

  /** Takes room for what is being fetched; false where enough is under way. */
  public boolean hold(long bytes) {
    if (held.addAndGet(bytes) <= settings.holds()) return true;
    held.addAndGet(-bytes);
    return false;
  }

  /** Gives room back. */
  public void release(long bytes) {
    held.addAndGet(-bytes);
  }

  public Groups groups() {
    return groups;
  }

  /** What becomes of a request. */
  public enum Result {
    /** Answered from the store. */
    HIT,
    /** Answered from the store because its upstream failed. */
    STALE,
    /** Its upstream was asked. */
    MISS,
    /** Answered with what its upstream was asked for another. */
    COLLAPSED,
    /** Not for a cache: its method, its body, its conditions. */
    BYPASS
  }

  public void count(Result result) {
    counters.get(result).increment();
  }

  private long weight() {
    return known.policy().eviction().map(e -> e.weightedSize().orElse(0)).orElse(0L);
  }
}
