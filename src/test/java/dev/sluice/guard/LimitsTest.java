package dev.sluice.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Failure;
import dev.sluice.guard.Limits.Rate;
import dev.sluice.harness.Await;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitsTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1000, 299_993})
  void exactlyAsManyAsTheLimitAreAdmittedAtOnce(int requests) {
    Rate rate = rate(requests, Duration.ofDays(1000));
    int admitted = 0;
    for (int i = 0; i < requests + 1000; i++) if (rate.admit("a")) admitted++;
    assertEquals(requests, admitted);
  }

  @Test
  void manyThreadsTogetherAreNeverAdmittedMoreThanTheLimit() throws InterruptedException {
    Rate rate = rate(5000, Duration.ofDays(1000));
    AtomicInteger admitted = new AtomicInteger();
    CountDownLatch begin = new CountDownLatch(1);
    Thread[] threads = new Thread[8];
    for (int t = 0; t < threads.length; t++) {
      threads[t] =
          new Thread(
              () -> {
                Await.until("begun", () -> begin.getCount() == 0);
                for (int i = 0; i < 2000; i++) if (rate.admit("a")) admitted.incrementAndGet();
              });
      threads[t].start();
    }
    begin.countDown();
    for (Thread thread : threads) thread.join();
    assertEquals(5000, admitted.get());
  }

  @Test
  void everyClientHasItsOwnAllowance() {
    Rate rate = rate(1, Duration.ofHours(1));
    assertTrue(rate.admit("a"));
    assertFalse(rate.admit("a"));
    assertTrue(rate.admit("b"));
  }

  @Test
  void anAllowanceComesBackWithTime() {
    Rate rate = rate(1, Duration.ofMillis(20));
    assertTrue(rate.admit("a"));
    Await.until("admitted again", () -> rate.admit("a"));
  }

  @Test
  void oneTooManyIsToldTheLimitAndHowLongToWait() {
    Rate rate = rate(2, Duration.ofSeconds(60));
    rate.check("a");
    rate.check("a");
    Failure failure = assertThrows(Failure.class, () -> rate.check("a"));
    assertEquals("RATE_LIMIT_EXCEEDED", failure.code());
    assertEquals(429, failure.status());
    assertEquals(2, failure.facts().details().get("limit"));
    assertTrue(failure.facts().after() >= 1 && failure.facts().after() <= 30);
  }

  @Test
  void sweepingForgetsNoDebt() {
    Limits limits = new Limits(Map.of("a", new LimitClass(1, Duration.ofHours(1))));
    assertTrue(limits.rate("a").admit("x"));
    limits.sweep();
    assertFalse(limits.rate("a").admit("x"));
    assertNull(limits.rate("none"));
  }

  @Test
  void aClassThatStaysGoesOnCountingThroughAChangeOfTheOthers() {
    LimitClass one = new LimitClass(1, Duration.ofHours(1));
    LimitClass two = new LimitClass(2, Duration.ofHours(1));
    Limits before = new Limits(Map.of("same", one, "other", one));
    assertTrue(before.rate("same").admit("c") && before.rate("other").admit("c"));
    Limits after = before.next(Map.of("same", one, "other", two, "new", one));
    assertFalse(after.rate("same").admit("c"));
    assertTrue(after.rate("other").admit("c"));
    assertTrue(after.rate("new").admit("c"));
    assertSame(after, after.next(Map.of("same", one, "other", two, "new", one)));
    assertNull(after.next(Map.of()).rate("same"));
  }

  private static Rate rate(int requests, Duration window) {
    return new Limits(Map.of("a", new LimitClass(requests, window))).rate("a");
  }
}
