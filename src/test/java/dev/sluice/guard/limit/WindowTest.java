package dev.sluice.guard.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowTest {
  private static final long WINDOW = 60_000_000_000L;

  /** Against a list of every single one: never more in any window, and 95 % of what may be. */
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 50", "10, 20", "100, 1", "100, 400", "1000, 30"})
  void noWindowHasMoreThanTheLimitAndNearlyAllOfItIsAdmitted(int limit, int rush) {
    Random random = new Random(limit * 31L + rush);
    long start = random.nextLong() / 4;
    Window window = new Window(WINDOW, start);
    Deque<Long> admitted = new ArrayDeque<>();
    long now = start;
    int all = 0;
    long end = start + 40 * WINDOW;
    while (now < end) {
      now += random.nextLong(WINDOW / limit / rush * 2 + 1) + 1;
      if (window.count(now) >= limit) continue;
      window.add(1);
      admitted.add(now);
      all++;
      while (admitted.peek() <= now - WINDOW) admitted.poll();
      assertTrue(admitted.size() <= limit, "more than the limit within one window");
    }
    if (rush > 1) assertTrue(all >= 0.95 * 40 * limit, all + " of " + 40 * limit);
  }

  @Test
  void allMayComeAtOnceAndComeBackTogether() {
    Window window = new Window(3_200, 100);
    assertEquals(0, window.count(100));
    window.add(7);
    assertEquals(7, window.count(100 + 3_299));
    assertEquals(1, window.untilFewer(100 + 3_299));
    assertEquals(0, window.count(100 + 3_300));
    assertEquals(0, window.untilFewer(100 + 3_300));
  }

  @Test
  void aLongSilenceForgetsAll() {
    Window window = new Window(3_200, 0);
    window.count(0);
    window.add(3);
    assertEquals(0, window.count(Long.MAX_VALUE / 2));
    window.add(1);
    assertEquals(1, window.count(Long.MAX_VALUE / 2 + 3_000));
  }

  @Test
  void whatIsTakenBackDoesNotCount() {
    Window window = new Window(3_200, 0);
    window.count(0);
    window.add(1);
    window.takeBack();
    window.takeBack(); // nothing is left that could be
    assertEquals(0, window.count(0));
  }
}
