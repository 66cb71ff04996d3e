package dev.sluice.cache.http;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;

/**
 * All that is known of one URI. Immutable.
 *
 * @param stored its responses, the newest first
 * @param passUntil until when nobody need wait for the answer to another, ms
 * @param invalidAt when an unsafe request made stale what had been asked for by then, ms; 0 for
 *     never
 */
record Variants(List<Stored> stored, long passUntil, long invalidAt) {
  private static final int MAX_VARIANTS = 50;
  static final Variants NONE = new Variants(List.of(), 0, 0);

  /**
   * The one a request selects, or null. One with Vary goes before one without, for some resources
   * forget it in their default response; then the one with the latest Date (RFC 9111 §4, §4.1).
   */
  Stored select(MultiMap request, boolean authorized) {
    Stored best = null;
    for (Stored one : stored) {
      if (authorized && !one.plan().open() || !one.plan().suits(request)) continue;
      if (best == null || isBetter(one, best)) best = one;
    }
    return best;
  }

  private static boolean isBetter(Stored one, Stored best) {
    boolean varies = !one.plan().vary().isEmpty();
    if (varies == best.plan().vary().isEmpty()) return varies;
    return one.date() > best.date();
  }

  /**
   * With a response that takes the place of those that the same requests select, unless it was
   * asked for before the latter, or before something made it stale; at most so many bytes of them.
   */
  Variants with(Stored newest, long mostBytes) {
    if (isOutdated(newest.plan().epoch())) return this;
    List<Stored> all = new ArrayList<>(stored.size() + 1);
    all.add(newest);
    long weight = newest.weight();
    for (Stored old : stored) {
      boolean same =
          old.plan().vary().equals(newest.plan().vary())
              && old.plan().values().equals(newest.plan().values());
      if (same && old.plan().epoch() > newest.plan().epoch()) return this;
      if (same || all.size() >= MAX_VARIANTS) continue;
      weight += old.weight();
      if (weight > mostBytes) break;
      all.add(old);
    }
    boolean shared =
        !newest.setsCookies()
            && Use.of(newest, Asked.NOTHING, newest.plan().answered()) != Use.VALIDATE;
    return new Variants(List.copyOf(all), shared ? 0 : passUntil, invalidAt);
  }

  /** With another in the place of one, if that one is still there. */
  Variants replacing(Stored one, Stored other) {
    if (!stored.contains(one) || isOutdated(other.plan().epoch())) return without(one);
    return new Variants(
        stored.stream().map(old -> old == one ? other : old).toList(), passUntil, invalidAt);
  }

  Variants without(Stored one) {
    return new Variants(stored.stream().filter(old -> old != one).toList(), passUntil, invalidAt);
  }

  Variants passing(long until) {
    return new Variants(stored, until, invalidAt);
  }

  /** Whether something has made stale what was asked for at a time, since. */
  boolean isOutdated(long askedAt) {
    return askedAt < invalidAt;
  }

  int weight() {
    long sum = 100;
    for (Stored one : stored) sum += one.weight();
    return (int) Math.min(Integer.MAX_VALUE, sum);
  }
}
