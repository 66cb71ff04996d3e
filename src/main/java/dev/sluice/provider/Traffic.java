package dev.sluice.provider;

import dev.sluice.conf.Size;
import java.time.Duration;
import java.util.List;

/**
 * How much an upstream is asked, and what happens when it is too much; the {@code traffic} section.
 *
 * @param permits requests under way at once, and so connections
 * @param timeout how long one attempt may take
 * @param connectTimeout how long opening a connection may take
 * @param maxAnswer the largest answer that is read
 */
public record Traffic(
    int permits,
    Duration timeout,
    Duration connectTimeout,
    Size maxAnswer,
    Waiting mailbox,
    Retrying retry,
    Breaking breaker,
    Batching batch,
    Bucket quota) {

  public Traffic {
    if (permits < 1) throw new IllegalArgumentException("permits must be 1 at least");
    if (timeout.isZero() || connectTimeout.isZero()) {
      throw new IllegalArgumentException("timeout and connectTimeout must be above 0");
    }
  }

  /**
   * The mailbox.
   *
   * @param calls how many may wait
   * @param bytes how much they may weigh together
   * @param ageing how long a call waits before it may overtake more urgent ones
   */
  public record Waiting(int calls, Size bytes, Duration ageing) {
    public Waiting {
      if (calls < 1) throw new IllegalArgumentException("mailbox.calls must be 1 at least");
    }
  }

  /**
   * Retries: exponential with jitter.
   *
   * @param attempts in all, 1 meaning no retry
   * @param delay before the second attempt
   * @param factor by which the delay grows
   * @param maxDelay its cap
   * @param jitter up to which share of the delay is added at random
   * @param budget retries as a share of all requests
   * @param statuses answers that are worth another try
   */
  public record Retrying(
      int attempts,
      Duration delay,
      double factor,
      Duration maxDelay,
      double jitter,
      double budget,
      List<Integer> statuses) {
    public Retrying {
      if (attempts < 1) throw new IllegalArgumentException("retry.attempts must be 1 at least");
      if (factor < 1) throw new IllegalArgumentException("retry.factor must be 1 at least");
      if (jitter < 0 || jitter > 1 || budget < 0 || budget > 1) {
        throw new IllegalArgumentException("retry.jitter and retry.budget are shares from 0 to 1");
      }
    }
  }

  /** The breaker opens after this many failures within 10 s, and tries again after reset. */
  public record Breaking(int failures, Duration reset) {
    public Breaking {
      if (failures < 1) throw new IllegalArgumentException("breaker.failures must be 1 at least");
      if (reset.isZero()) throw new IllegalArgumentException("breaker.reset must be above 0");
    }
  }

  /**
   * Joining calls.
   *
   * @param quiet how long a call on its own waits for company
   * @param burst how long several wait for yet another
   * @param longest how long the first of them waits at most
   */
  public record Batching(Duration quiet, Duration burst, Duration longest) {}

  /** The provider's token bucket: so many points, refilled evenly over the window; 0, none. */
  public record Bucket(int points, Duration window) {
    public Bucket {
      if (points < 0) throw new IllegalArgumentException("quota.points must not be below 0");
      if (window.isZero()) throw new IllegalArgumentException("quota.window must be above 0");
    }
  }
}
