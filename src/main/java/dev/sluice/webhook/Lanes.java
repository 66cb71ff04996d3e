package dev.sluice.webhook;

import java.util.HashMap;
import java.util.Map;

/** How much is under way for each of many, of whom each may have so much at once. */
final class Lanes {
  private final Map<String, Integer> busy = new HashMap<>();

  void enter(String lane) {
    busy.merge(lane, 1, Integer::sum);
  }

  void leave(String lane) {
    busy.computeIfPresent(lane, (name, n) -> n == 1 ? null : n - 1);
  }

  /** Those that are not empty. */
  String[] names() {
    return busy.keySet().toArray(String[]::new);
  }

  /** What is under way in each of {@link #names}. */
  Integer[] counts() {
    return busy.values().toArray(Integer[]::new);
  }
}
