package dev.sluice.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BudgetTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Test
  void retriesAreAShareOfTheRequestsBesideAReserve() {
    Budget budget = new Budget(0.2);
    for (int i = 0; i < 1000; i++) budget.request(SECOND);
    assertEquals(Budget.RESERVE + 200, retries(budget, 2 * SECOND));
  }

  @Test
  void whatIsTenSecondsAgoIsForgotten() {
    Budget budget = new Budget(0.2);
    for (int i = 0; i < 1000; i++) budget.request(0);
    assertEquals(Budget.RESERVE + 200, retries(budget, 0));
    assertFalse(budget.retry(9 * SECOND));
    assertEquals(Budget.RESERVE, retries(budget, 10 * SECOND));
    assertEquals(Budget.RESERVE, retries(budget, 1000 * SECOND), "also after a long pause");
  }

  @Test
  void theClockMayBeginAnywhere() {
    Budget budget = new Budget(0.5);
    for (int i = 0; i < 10; i++) budget.request(-5 * SECOND);
    assertTrue(budget.retry(-4 * SECOND));
  }

  @Test
  void withoutAShareThereAreNone() {
    Budget budget = new Budget(0);
    for (int i = 0; i < 1000; i++) budget.request(0);
    assertEquals(0, retries(budget, 0));
  }

  private static int retries(Budget budget, long nanos) {
    int made = 0;
    while (budget.retry(nanos)) made++;
    return made;
  }
}
