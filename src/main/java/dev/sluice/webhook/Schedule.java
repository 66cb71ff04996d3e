package dev.sluice.webhook;

import java.time.Duration;
import java.util.List;

/** When a delivery is tried: at times that are counted from its event, each a little late. */
record Schedule(List<Duration> times) {
  /** Of what has no other reason to wait. */
  static final Schedule AT_ONCE = new Schedule(List.of(Duration.ZERO));

  private static final double JITTER = 0.1; // of the time between two tries

  /** The first try, counted from the event. */
  Duration first() {
    return times.get(0);
  }

  /**
   * How long to wait for the next try; null where there is none.
   *
   * @param tries those that have failed
   * @param age how long ago the event was
   * @param retryAfter what the receiver asks for, obeyed up to the end of the schedule; may be null
   * @param chance from 0 to 1
   */
  Duration delay(int tries, Duration age, Duration retryAfter, double chance) {
    if (tries >= times.size()) return null;
    Duration step = times.get(tries).minus(times.get(tries - 1));
    Duration late = Duration.ofMillis((long) (step.toMillis() * JITTER * chance));
    Duration wait = longer(times.get(tries).plus(late).minus(age), Duration.ZERO);
    if (retryAfter == null) return wait;
    Duration rest = times.get(times.size() - 1).minus(age);
    return longer(wait, retryAfter.compareTo(rest) < 0 ? retryAfter : rest);
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }
}
