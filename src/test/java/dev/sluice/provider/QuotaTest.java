package dev.sluice.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.provider.Traffic.Bucket;
import dev.sluice.provider.Traffic.Retrying;
import dev.sluice.provider.Upstream.QuotaNews;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuotaTest {

  @Test
  void aFullBucketGivesItsPointsAndThenOneAtATime() {
    Quota quota = new Quota(10, 1000, 0);
    for (int i = 0; i < 10; i++) assertEquals(0, quota.take(0));
    assertEquals(100, quota.take(0));
    assertEquals(50, quota.take(50));
    assertEquals(0, quota.take(101));
    assertEquals(99, quota.take(101));
  }

  @Test
  void aBucketIsNeverFullerThanFull() {
    Quota quota = new Quota(2, 1000, 0);
    quota.take(0);
    assertEquals(0, quota.take(1_000_000));
    assertEquals(0, quota.take(1_000_000));
    assertEquals(500, quota.take(1_000_000));
  }

  @Test
  void askingHowLongTakesNoPoint() {
    Quota quota = new Quota(1, 1000, 0);
    assertEquals(0, quota.waitMillis(0));
    assertEquals(0, quota.waitMillis(0));
    assertEquals(0, quota.take(0));
    assertEquals(1000, quota.waitMillis(0));
  }

  @Test
  void aClockThatGoesBackGivesNoPoints() {
    Quota quota = new Quota(1, 1000, 5000);
    assertEquals(0, quota.take(5000));
    assertEquals(1000, quota.take(1000));
    assertEquals(0, quota.take(6000));
  }

  @Test
  void theProviderIsBelievedWhereItIsStricter() {
    Quota quota = new Quota(800, 60_000, 0);
    quota.learn(new QuotaNews(800, 1, 0), 0);
    assertEquals(0, quota.take(0));
    assertEquals(75, quota.take(0));
    quota.learn(new QuotaNews(800, 700, 0), 0);
    assertEquals(75, quota.take(0), "not where it is more generous");
  }

  @Test
  void aSmallerBucketOfTheProvidersIsRefilledMoreSlowly() {
    Quota quota = new Quota(800, 60_000, 0);
    quota.learn(new QuotaNews(60, 0, 0), 0);
    assertEquals(1000, quota.take(0));
    assertEquals(0, quota.take(1000));
  }

  @Test
  void aRefusalClosesTheBucketUntilThen() {
    for (Quota quota : List.of(new Quota(5, 1000, 0), new Quota(0, 1000, 0))) {
      quota.close(300);
      quota.close(200);
      assertEquals(300, quota.take(0));
      assertEquals(0, quota.take(300));
    }
  }

  @Test
  void zeroPointsMeansThatNoneAreCounted() {
    Quota quota = new Quota(0, 1000, 0);
    for (int i = 0; i < 1000; i++) assertEquals(0, quota.take(0));
  }

  @Test
  void everyKeyHasABucketOfItsOwn() {
    Quotas quotas = new Quotas(new Bucket(1, Duration.ofHours(1)));
    assertEquals(0, quotas.take("ann"));
    assertTrue(quotas.take("ann") > 0);
    assertEquals(0, quotas.take("bob"));
    assertEquals(1, quotas.points());
    quotas.close("", 3_600_000);
    assertTrue(quotas.waitMillis("") > 0);
    quotas.learn("bob", null);
  }

  @Test
  void retriesAreAShareOfRequestsAfterASmallReserve() {
    RetryBudget budget = new RetryBudget(0.2);
    int reserve = 0;
    while (budget.spend()) reserve++;
    assertEquals(10, reserve);
    int retries = 0;
    for (int i = 0; i < 1000; i++) {
      budget.earn();
      if (budget.spend()) retries++;
    }
    assertTrue(retries >= 195 && retries <= 200, retries + " retries");
    for (int i = 0; i < 1000; i++) budget.earn();
    int saved = 0;
    while (budget.spend()) saved++;
    assertEquals(10, saved, "what is saved is bounded");
  }

  @Test
  void waitsGrowByTheFactorUpToTheCapWithJitterOnTop() {
    Retrying settings =
        new Retrying(9, Duration.ofSeconds(1), 2.0, Duration.ofSeconds(30), 0.3, 1.0, List.of());
    Backoff none = new Backoff(settings, () -> 0);
    assertEquals(
        List.of(1000L, 2000L, 4000L, 30_000L, 30_000L),
        List.of(none.millis(1), none.millis(2), none.millis(3), none.millis(6), none.millis(5000)));
    assertEquals(2600, new Backoff(settings, () -> 1).millis(2));
    assertFalse(new Backoff(settings, () -> 0.5).millis(1) == 1000);
  }
}
