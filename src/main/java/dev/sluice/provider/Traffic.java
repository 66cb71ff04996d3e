package dev.sluice.provider;

import dev.sluice.conf.Size;
import java.time.Duration;
import java.util.List;

/**
 * How much an upstream is asked, and what happens when it is too much; the {@code traffic} section.
 * What is not given is as conf/sluice.yaml has it.
 *
 * @param permits requests under way at once, and so connections
 * @param timeout how long one attempt may take; of a streamed answer, each of its parts
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
    require(permits > 0, "permits must be 1 at least");
    require(!timeout.isZero(), "timeout must be above 0");
    require(!connectTimeout.isZero(), "connectTimeout must be above 0");
    require(connectTimeout.toHours() < 1, "connectTimeout must be below an hour");
  }

  /**
   * The mailbox.
   *
   * @param calls how many may wait
   * @param bytes how much they may weigh together
   * @param ageing how long a call waits before it may overtake more urgent ones
   */
  public record Waiting(Integer calls, Size bytes, Duration ageing) {
    public static final Waiting USUAL = new Waiting(null, null, null);

    public Waiting {
      if (calls == null) calls = 5000;
      if (bytes == null) bytes = new Size(16 << 20);
      if (ageing == null) ageing = Duration.ofSeconds(2);
      require(calls > 0, "calls must be above 0");
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
      Integer attempts,
      Duration delay,
      Double factor,
      Duration maxDelay,
      Double jitter,
      Double budget,
      List<Integer> statuses) {
    public static final Retrying USUAL = new Retrying(null, null, null, null, null, null, null);

    public Retrying {
      if (attempts == null) attempts = 3;
      if (delay == null) delay = Duration.ofSeconds(1);
      if (factor == null) factor = 2.0;
      if (maxDelay == null) maxDelay = Duration.ofSeconds(30);
      if (jitter == null) jitter = 0.3;
      if (budget == null) budget = 0.2;
      if (statuses == null) statuses = List.of(408, 429, 500, 502, 503, 504);
      require(attempts > 0, "attempts must be above 0; 1 means no retry");
      require(factor >= 1, "factor must be 1 or more");
      require(jitter >= 0 && jitter <= 1, "jitter must be from 0 to 1");
      require(budget >= 0 && budget <= 1, "budget must be from 0 to 1");
      require(maxDelay.compareTo(delay) >= 0, "maxDelay is shorter than delay");
    }
  }

  /** The breaker opens after this many failures within 10 s, and tries again after reset. */
  public record Breaking(Integer failures, Duration reset) {
    public static final Breaking USUAL = new Breaking(null, null);

    public Breaking {
      if (failures == null) failures = 5;
      if (reset == null) reset = Duration.ofSeconds(60);
      require(failures > 0, "failures must be above 0");
      require(!reset.isZero(), "reset must be above 0");
    }
  }

  /**
   * Joining calls.
   *
   * @param quiet how long a call on its own waits for company
   * @param burst how long several wait for yet another
   * @param longest how long the first of them waits at most
   */
  public record Batching(Duration quiet, Duration burst, Duration longest) {
    public Batching {
      require(longest.compareTo(quiet) >= 0, "longest is shorter than quiet");
    }
  }

  /** The provider's token bucket: so many points, refilled evenly over the window; 0, none. */
  public record Bucket(Integer points, Duration window) {
    public static final Bucket USUAL = new Bucket(null, null);

    public Bucket {
      if (points == null) points = 0;
      if (window == null) window = Duration.ofMinutes(1);
      require(points >= 0, "points must be 0 or more");
      require(!window.isZero(), "window must be above 0");
    }
  }

  private static void require(boolean so, String otherwise) {
    if (!so) throw new IllegalArgumentException(otherwise);
  }
}
