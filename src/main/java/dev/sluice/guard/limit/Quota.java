package dev.sluice.guard.limit;

import java.time.Duration;

/**
 * So many requests in any window of that length.
 *
 * @param requests how many; all of them may come at once
 * @param window how long each counts
 */
public record Quota(int requests, Duration window) {
  /** Each of a window's slots must be a millisecond at least. */
  private static final Duration SHORTEST = Duration.ofMillis(Window.SLOTS);

  private static final Duration LONGEST = Duration.ofDays(366);

  public Quota {
    if (requests <= 0) {
      throw new IllegalArgumentException(
          "requests must be above 0; who may not call at all is refused by auth, roles or permissions");
    }
    if (window == null) throw new IllegalArgumentException("window is missing, such as 1m");
    if (window.compareTo(SHORTEST) < 0 || window.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("window must be between 32ms and 366d");
    }
  }

  /** For people and for fields; never 0. */
  long seconds() {
    return Math.max(1, window.toSeconds());
  }

  /** After so many without a call all of it is there again: a slot is as old as its youngest. */
  long secondsToRestore() {
    return window.plus(window.dividedBy(Window.SLOTS)).plusMillis(999).toSeconds();
  }
}
