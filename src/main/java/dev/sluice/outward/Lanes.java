package dev.sluice.outward;

import java.util.HashMap;
import java.util.Map;

/** How much is under way for each of many, of whom each may have so much at once. */
public final class Lanes {
  private final Map<String, Integer> busy = new HashMap<>();

  public void enter(String lane) {
    busy.merge(lane, 1, Integer::sum);
  }

  public void leave(String lane) {
    busy.computeIfPresent(lane, (name, n) -> n == 1 ? null : n - 1);
  }

  /** Those that are not empty. */
  public String[] names() {
    return busy.keySet().toArray(String[]::new);
  }

  /** What is under way in each of {@link #names}. */
  public Integer[] counts() {
    return busy.values().toArray(Integer[]::new);
  }
}
