package dev.sluice.provider;

/**
 * Keeps retries a share of the traffic, so that they cannot multiply an outage: each request earns
 * a fraction of a retry, up to a small reserve. Not thread-safe; owned by one verticle.
 */
final class RetryBudget {
  private static final double RESERVE = 10;

  private final double share;
  private double saved = RESERVE;

  RetryBudget(double share) {
    this.share = share;
  }

  void earn() {
    saved = Math.min(RESERVE, saved + share);
  }

  /** Whether a retry may be made; if so it is paid for. */
  boolean spend() {
    if (saved < 1) return false;
    saved--;
    return true;
  }
}
