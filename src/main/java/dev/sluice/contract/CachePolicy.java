package dev.sluice.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.List;

/**
 * How an operation's replies are stored.
 *
 * @param strategy what is done with an entry that is no longer fresh
 * @param ttl how long an entry is fresh
 * @param maxAge how old an entry may be served at all while the origin answers; the ttl at least
 * @param staleIfError how long past maxAge an entry still bridges an origin that fails (RFC 5861
 *     §4), or that takes over a second unless the strategy is network-first
 * @param scope whether callers share entries
 * @param tags names under which entries are invalidated, with {@code {parameter}} filled in
 * @param notFoundTtl how long a 404 is remembered; zero, never
 * @param bypass parameters that, when true, make a call pass the cache by
 */
public record CachePolicy(
    Strategy strategy,
    Duration ttl,
    Duration maxAge,
    Duration staleIfError,
    Scope scope,
    List<String> tags,
    Duration notFoundTtl,
    List<String> bypass) {

  /** What is done with an entry that is no longer fresh. */
  public enum Strategy {
    /** Serve it up to maxAge and fetch a new one behind the caller's back (RFC 5861 §3). */
    @JsonProperty("stale-while-revalidate")
    STALE_WHILE_REVALIDATE,
    /** Fetch a new one while the caller waits. */
    @JsonProperty("cache-first")
    CACHE_FIRST,
    /** Always fetch; the entry only bridges a failing origin. */
    @JsonProperty("network-first")
    NETWORK_FIRST
  }

  /** Whether callers share entries. */
  public enum Scope {
    PUBLIC,
    USER
  }

  public CachePolicy {
    if (strategy == null) strategy = Strategy.CACHE_FIRST;
    if (ttl == null || ttl.isZero()) throw new IllegalArgumentException("ttl must be above 0");
    if (maxAge == null && strategy == Strategy.STALE_WHILE_REVALIDATE) {
      throw new IllegalArgumentException("stale-while-revalidate needs a maxAge above the ttl");
    }
    if (maxAge == null) maxAge = ttl;
    if (staleIfError == null) staleIfError = Duration.ZERO;
    if (scope == null) scope = Scope.PUBLIC;
    tags = tags == null ? List.of() : List.copyOf(tags);
    if (notFoundTtl == null) notFoundTtl = Duration.ZERO;
    bypass = bypass == null ? List.of() : List.copyOf(bypass);
    if (maxAge.compareTo(ttl) < 0) {
      throw new IllegalArgumentException("maxAge is shorter than ttl");
    }
  }

  public boolean isPublic() {
    return scope == Scope.PUBLIC;
  }

  /** How long after it was made an entry is of any use. */
  public Duration keep() {
    return maxAge.plus(staleIfError);
  }
}
