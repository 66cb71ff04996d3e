package dev.sluice.webhook;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Schedule SCHEDULE =
      new Schedule(List.of(Duration.ZERO, ofSeconds(10), ofMinutes(5), ofMinutes(30)));

  private static Duration delay(int tries, Duration age, Duration retryAfter, double chance) {
    return SCHEDULE.delay(tries, age, retryAfter, chance);
  }

  @Test
  void timesCountFromTheEvent() {
    assertEquals(Duration.ZERO, SCHEDULE.first());
    assertEquals(ofSeconds(10), delay(1, Duration.ZERO, null, 0));
    assertEquals(ofSeconds(7), delay(1, ofSeconds(3), null, 0));
    assertEquals(ofMinutes(5).minus(ofSeconds(11)), delay(2, ofSeconds(11), null, 0));
  }

  @Test
  void whatIsLateIsTriedAtOnce() {
    assertEquals(Duration.ZERO, delay(2, ofMinutes(6), null, 0));
  }

  @Test
  void chanceAddsUpToATenthOfTheStep() {
    assertEquals(ofSeconds(11), delay(1, Duration.ZERO, null, 1));
    assertEquals(ofMinutes(32).plusSeconds(30), delay(3, Duration.ZERO, null, 1));
  }

  @Test
  void afterTheLastThereIsNone() {
    assertNull(delay(4, ofMinutes(30), null, 0));
    assertNull(delay(4, ofMinutes(30), ofMinutes(1), 0));
    assertNull(delay(9, ofMinutes(30), null, 0));
  }

  @Test
  void theReceiverMayAskForMoreTimeButNotForLess() {
    assertEquals(ofMinutes(2), delay(1, Duration.ZERO, ofMinutes(2), 0));
    assertEquals(ofSeconds(10), delay(1, Duration.ZERO, ofSeconds(1), 0));
  }

  @Test
  void aReceiverCannotPutItOffBeyondTheEndOfTheSchedule() {
    assertEquals(ofMinutes(29), delay(1, ofMinutes(1), Duration.ofDays(900), 0));
    assertEquals(Duration.ZERO, delay(1, ofMinutes(31), Duration.ofDays(900), 0));
  }

  @Test
  void aScheduleOfOneTryIsOne() {
    assertNull(Schedule.AT_ONCE.delay(1, Duration.ZERO, ofMinutes(1), 0));
  }
}
