package dev.sluice.http;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The fetches that are under way on all event loops, by what they fetch. */
final class Flights {
  private final ConcurrentMap<String, Fetch> underway = new ConcurrentHashMap<>();

  /**
   * The fetch that others are to join: the one that is there already, or this. One that an unsafe
   * request has overtaken is nobody's any more but theirs who wait for it already.
   */
  Fetch register(String key, Fetch fetch) {
    return underway.compute(
        key, (same, there) -> there == null || there.isOutdated() ? fetch : there);
  }

  void remove(String key, Fetch fetch) {
    underway.remove(key, fetch);
  }
}
