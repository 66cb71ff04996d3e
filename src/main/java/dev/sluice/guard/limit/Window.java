package dev.sluice.guard.limit;

import java.util.Arrays;

/**
 * How many there were in the last so many nanoseconds, in slots of a thirty-second of that. What a
 * slot has counts until the whole of it is older than the window, so that no window of that length,
 * wherever it begins, ever has more than was counted. For one thread at a time.
 */
final class Window {
  /** Fewer, and less than 95 % of a limit would be admitted for long (32 of 33 are 97 %). */
  static final int SLOTS = 32;

  private static final int KEPT = SLOTS + 1; // the slot that is going on, too

  private final int[] counts = new int[KEPT];
  private final long slotNanos;
  private final long origin;
  private long slot;
  private int total;

  Window(long nanos, long now) {
    this.slotNanos = (nanos + SLOTS - 1) / SLOTS;
    this.origin = now;
  }

  /** How many count at that time; time does not go back. */
  int count(long now) {
    long current = (now - origin) / slotNanos;
    if (current - slot >= KEPT) {
      Arrays.fill(counts, 0);
      total = 0;
      slot = current;
    }
    while (slot < current) {
      int next = (int) (++slot % KEPT);
      total -= counts[next];
      counts[next] = 0;
    }
    return total;
  }

  /** Counts some, after {@link #count}. */
  void add(int some) {
    counts[(int) (slot % KEPT)] += some;
    total += some;
  }

  /** One that was just counted does not count after all. */
  void takeBack() {
    int now = (int) (slot % KEPT);
    if (counts[now] == 0) return;
    counts[now]--;
    total--;
  }

  /** The nanoseconds until the first of those that count will not, after {@link #count}. */
  long untilFewer(long now) {
    for (long old = slot - SLOTS; old <= slot; old++) {
      if (old >= 0 && counts[(int) (old % KEPT)] > 0) {
        return (old + KEPT) * slotNanos - (now - origin);
      }
    }
    return 0;
  }
}
