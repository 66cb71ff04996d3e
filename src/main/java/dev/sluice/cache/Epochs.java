package dev.sluice.cache;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The age of every tag. To invalidate a tag is to raise its epoch; an entry made under an older one
 * is stale. A tag that was never raised is at epoch 0 and takes no room. Thread-safe; reading takes
 * no lock.
 *
 * <p>Epochs are milliseconds of wall time, so that one a node raised while Redis was away still
 * wins over what Redis holds.
 */
final class Epochs {
  private static final int MAX_TAGS = 1_000_000;

  private final Map<String, Long> byTag = new ConcurrentHashMap<>();
  private final AtomicLong version = new AtomicLong();
  private volatile long floor;

  /** Changes whenever any tag does: an entry checked at this version needs no second look. */
  long version() {
    return version.get();
  }

  long of(String tag) {
    return Math.max(floor, byTag.getOrDefault(tag, 0L));
  }

  /** The newest epoch of an entry's tags. */
  long of(List<String> tags) {
    long newest = floor;
    for (String tag : tags) newest = Math.max(newest, of(tag));
    return newest;
  }

  /** Raises a tag above whatever it was; gives its new epoch. */
  synchronized long raise(String tag) {
    long epoch = Math.max(of(tag) + 1, System.currentTimeMillis());
    byTag.put(tag, epoch);
    changed();
    return epoch;
  }

  /** Hears of an epoch from elsewhere. */
  synchronized void learn(String tag, long epoch) {
    if (epoch <= of(tag)) return;
    byTag.put(tag, epoch);
    changed();
  }

  /** Makes every entry stale: invalidations may have been missed. */
  synchronized void raiseAll() {
    long highest = floor;
    for (long epoch : byTag.values()) highest = Math.max(highest, epoch);
    floor = Math.max(highest + 1, System.currentTimeMillis());
    byTag.clear();
    version.incrementAndGet();
  }

  private void changed() {
    version.incrementAndGet();
    if (byTag.size() > MAX_TAGS) raiseAll();
  }
}
