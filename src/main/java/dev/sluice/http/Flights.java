package dev.sluice.http;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The fetches that are under way on all event loops, by what they fetch. */
final class Flights {
  private final ConcurrentMap<String, Fetch> underway = new ConcurrentHashMap<>();

  /** The fetch that others are to join: the one that is there already, or this. */
  Fetch register(String key, Fetch fetch) {
    Fetch there = underway.putIfAbsent(key, fetch);
    return there == null ? fetch : there;
  }

  void remove(String key, Fetch fetch) {
    underway.remove(key, fetch);
  }
}
