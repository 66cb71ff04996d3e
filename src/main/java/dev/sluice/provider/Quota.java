package dev.sluice.provider;

import dev.sluice.provider.Upstream.QuotaNews;

/**
 * A provider's token bucket as far as we know it: our own count between answers, corrected by what
 * each answer says. Not thread-safe; owned by one verticle. Times in epoch milliseconds.
 */
final class Quota {
  private final boolean counts;
  private final double windowMillis;
  private double perMilli;
  private double capacity;
  private double points;
  private long asOf;
  private long closedUntil;

  /**
   * A full bucket of so many points, refilled evenly over the window; 0, points are not counted.
   */
  Quota(int points, long windowMillis, long now) {
    this.windowMillis = windowMillis;
    this.counts = points > 0;
    this.capacity = points;
    this.points = points;
    this.perMilli = points / this.windowMillis;
    this.asOf = now;
  }

  /** Takes a point: 0 where there was one, else after how many milliseconds to ask again. */
  long take(long now) {
    long wait = waitMillis(now);
    if (wait == 0 && counts) points--;
    return wait;
  }

  /** How many milliseconds until there is a point; takes none. */
  long waitMillis(long now) {
    refill(now);
    if (now < closedUntil) return closedUntil - now;
    return !counts || points >= 1 ? 0 : (long) Math.ceil((1 - points) / perMilli);
  }

  /** Believes the provider where it is stricter than our own count. */
  void learn(QuotaNews news, long now) {
    refill(now);
    capacity = news.limit();
    perMilli = capacity / windowMillis;
    points = Math.min(points, news.remaining());
    if (news.remaining() == 0) close(now + (long) Math.ceil(1 / perMilli));
  }

  /** Nothing more until then: the provider has refused. */
  void close(long until) {
    closedUntil = Math.max(closedUntil, until);
  }

  double points() {
    return points;
  }

  private void refill(long now) {
    if (now > asOf) points = Math.min(capacity, points + (now - asOf) * perMilli);
    asOf = Math.max(asOf, now);
  }
}
