package dev.sluice.cache;

import dev.sluice.observe.Metrics;
import io.micrometer.core.instrument.Counter;

/** How well the cache does: {@code cache_requests_total} by result, and its size. */
final class CacheMeters {
  private final Counter hit;
  private final Counter sharedHit;
  private final Counter miss;
  private final Counter collapsed;
  private final Counter bridged;

  CacheMeters(Metrics metrics) {
    hit = counter(metrics, "hit");
    sharedHit = counter(metrics, "shared-hit");
    miss = counter(metrics, "miss");
    collapsed = counter(metrics, "collapsed");
    bridged = counter(metrics, "stale-if-error");
  }

  void hit() {
    hit.increment();
  }

  void sharedHit() {
    sharedHit.increment();
  }

  void miss() {
    miss.increment();
  }

  void collapsed() {
    collapsed.increment();
  }

  void bridged() {
    bridged.increment();
  }

  private static Counter counter(Metrics metrics, String result) {
    return metrics.counter(
        "cache.requests", "Calls that came to the cache, by what became of them", "result", result);
  }
}
