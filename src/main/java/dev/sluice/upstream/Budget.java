package dev.sluice.upstream;

import java.time.Duration;

/**
 * Keeps retries a share of the requests of the last ten seconds, so that they cannot multiply an
 * outage; a few more than that are always possible, for where there is little traffic. Not
 * thread-safe.
 */
final class Budget {
  private static final int SLOTS = 10;
  private static final long SLOT_NANOS = Duration.ofSeconds(1).toNanos();
  static final int RESERVE = 50;

  private final double share;
  private final long[] requests = new long[SLOTS];
  private final long[] retries = new long[SLOTS];
  private long slot = Long.MIN_VALUE;

  Budget(double share) {
    this.share = share;
  }

  void request(long nanos) {
    requests[at(nanos)]++;
  }

  /** Whether a retry may be made; if so it is counted. */
  boolean retry(long nanos) {
    int at = at(nanos);
    double most = share == 0 ? 0 : RESERVE + share * sum(requests);
    if (sum(retries) >= most) return false;
    retries[at]++;
    return true;
  }

  private int at(long nanos) {
    long now = Math.floorDiv(nanos, SLOT_NANOS);
    if (now != slot) {
      long first = slot == Long.MIN_VALUE ? now : Math.max(slot + 1, now - SLOTS + 1);
      for (long s = first; s <= now; s++) {
        int old = Math.floorMod(s, SLOTS);
        requests[old] = 0;
        retries[old] = 0;
      }
      slot = now;
    }
    return Math.floorMod(now, SLOTS);
  }

  private static long sum(long[] slots) {
    long sum = 0;
    for (long n : slots) sum += n;
    return sum;
  }
}
