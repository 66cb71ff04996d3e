package dev.sluice.sandbox.twitch;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/**
 * The token buckets of Helix: 800 points that come back evenly within a minute, one bucket for each
 * client id, and one for each client id and user.
 *
 * @see <a href="https://dev.twitch.tv/docs/api/guide/#twitch-rate-limits">Rate limits</a>
 */
final class Quota {

  static final int USUAL_CAPACITY = 800;
  private static final double REFILL_MILLIS = 60_000;

  private final Clock clock;
  private final Map<String, Bucket> buckets = new HashMap<>();
  private int capacity = USUAL_CAPACITY;

  private record Bucket(double points, long at) {}

  /** A bucket as the Ratelimit headers tell it; {@code reset} is when it will be full again. */
  record Reading(boolean granted, int limit, int remaining, long reset) {}

  Quota(Clock clock) {
    this.clock = clock;
  }

  /** All buckets start full again. */
  void setCapacity(int points) {
    capacity = points;
    buckets.clear();
  }

  Reading take(String key) {
    long now = clock.millis();
    double points = points(key, now);
    boolean granted = points >= 1;
    double left = granted ? points - 1 : points;
    buckets.put(key, new Bucket(left, now));
    return reading(granted, left, now);
  }

  Reading untouched() {
    return reading(true, capacity, clock.millis());
  }

  /** What a 429 tells that does not come from a bucket. */
  Reading exhausted() {
    return new Reading(false, capacity, 0, clock.millis() / 1000 + 1);
  }

  private double points(String key, long now) {
    Bucket bucket = buckets.get(key);
    return bucket == null
        ? capacity
        : Math.min(capacity, bucket.points + (now - bucket.at) * capacity / REFILL_MILLIS);
  }

  private Reading reading(boolean granted, double left, long now) {
    double untilFull = capacity == 0 ? REFILL_MILLIS : (capacity - left) / capacity * REFILL_MILLIS;
    long reset = (long) Math.ceil((now + untilFull) / 1000);
    return new Reading(granted, capacity, (int) left, reset);
  }
}
