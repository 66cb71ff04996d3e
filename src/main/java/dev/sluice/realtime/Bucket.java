package dev.sluice.realtime;

/** So many a second for long, and so many at once. Not thread-safe. */
final class Bucket {
  private final double perNano;
  private final int most;
  private double tokens;
  private long at;

  Bucket(int perSecond, int most, long now) {
    this.perNano = perSecond / 1e9;
    this.most = most;
    this.tokens = most;
    this.at = now;
  }

  boolean take(long now) {
    tokens = Math.min(most, tokens + (now - at) * perNano);
    at = now;
    if (tokens < 1) return false;
    tokens--;
    return true;
  }
}
