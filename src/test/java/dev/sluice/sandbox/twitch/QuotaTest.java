package dev.sluice.sandbox.twitch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class QuotaTest {

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Quota quota =
      new Quota(
          new Clock() {
            @Override
            public ZoneOffset getZone() {
              return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
              return this;
            }

            @Override
            public Instant instant() {
              return now;
            }
          });

  @Test
  void aBucketHolds800PointsAndRefillsWithinAMinute() {
    for (int i = 1; i <= 800; i++) {
      assertEquals(800 - i, quota.take("a").remaining());
    }
    Quota.Reading empty = quota.take("a");
    assertFalse(empty.granted());
    assertEquals(now.getEpochSecond() + 60, empty.reset());
    assertTrue(quota.take("b").granted());
    now = now.plusMillis(75);
    assertTrue(quota.take("a").granted());
    assertFalse(quota.take("a").granted());
    now = now.plus(Duration.ofMinutes(5));
    assertEquals(799, quota.take("a").remaining());
  }

  @Test
  void aCapacityOfNoneRefusesAll() {
    quota.setCapacity(0);
    assertFalse(quota.take("a").granted());
    quota.setCapacity(1);
    assertTrue(quota.take("a").granted());
  }
}
