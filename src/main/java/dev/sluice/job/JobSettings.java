package dev.sluice.job;

import java.time.Duration;

/**
 * The {@code jobs} section.
 *
 * @param attempts how often a job is tried in all
 * @param delay before the second attempt
 * @param factor by which the delay grows with each
 * @param maxDelay the longest it gets
 * @param patience how long a job waits, at most, for a provider that is out of reach
 * @param keep how long what has ended can be looked up
 * @param concurrency how many run at once on this node
 * @param perCaller how many of one caller may be open
 * @param lease after which the jobs of a node that is gone are taken over
 */
public record JobSettings(
    int attempts,
    Duration delay,
    double factor,
    Duration maxDelay,
    Duration patience,
    Duration keep,
    int concurrency,
    int perCaller,
    Duration lease) {
  private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);

  public JobSettings {
    if (attempts < 1 || concurrency < 1 || perCaller < 1) {
      throw new IllegalArgumentException("attempts, concurrency and perCaller must be above 0");
    }
    if (factor < 1) throw new IllegalArgumentException("factor must be 1 or more");
    if (lease.compareTo(SHORTEST_LEASE) < 0) {
      throw new IllegalArgumentException("lease must be 1s or more");
    }
    if (maxDelay.compareTo(delay) < 0) {
      throw new IllegalArgumentException("maxDelay is shorter than delay");
    }
  }

  /** When a job is tried again. */
  public Schedule schedule() {
    return Schedule.growing(attempts, delay, factor, maxDelay, patience);
  }
}
