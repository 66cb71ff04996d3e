package dev.sluice.guard;

import java.time.Duration;

/**
 * A named limit: so many requests in a window, counted by client address.
 *
 * @param requests how many; also the largest burst
 * @param window the time they are spread over
 */
public record LimitClass(int requests, Duration window) {
  public LimitClass {
    if (requests <= 0) throw new IllegalArgumentException("requests must be above 0");
    if (window == null || window.isZero()) {
      throw new IllegalArgumentException("window must be above 0");
    }
  }
}
