package dev.sluice.push;

import java.time.Duration;

/**
 * How long a message waits for the next attempt.
 *
 * @param delay before the second attempt; it doubles with each
 * @param maxDelay the longest it gets
 */
record Backoff(Duration delay, Duration maxDelay) {
  private static final double JITTER = 0.3; // what failed together does not come back together
  private static final int MOST_DOUBLINGS = 30;

  /**
   * The wait; null where the message is too old by then.
   *
   * @param tries those that have failed
   * @param left until it is too old
   * @param retryAfter what the push service asks for; may be null
   * @param chance from 0 to 1
   */
  Duration wait(int tries, Duration left, Duration retryAfter, double chance) {
    double millis = delay.toMillis() * Math.pow(2, Math.min(MOST_DOUBLINGS, tries - 1));
    double usual = Math.min(millis, maxDelay.toMillis()) * (1 + JITTER * chance);
    Duration wait = Duration.ofMillis((long) usual);
    if (retryAfter != null && retryAfter.compareTo(wait) > 0) wait = retryAfter;
    return wait.compareTo(left) < 0 ? wait : null;
  }
}
