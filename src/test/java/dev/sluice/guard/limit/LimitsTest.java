package dev.sluice.guard.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.call.Peer;
import dev.sluice.harness.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Of a node on its own. */
class LimitsTest {
  private static final Peer PEER = new Peer("192.0.2.1", null);

  private final AtomicLong clock = new AtomicLong();
  private final Tallies tallies = new Tallies(clock::get);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1000, 299_993})
  void exactlyAsManyAsTheLimitAreAdmittedAtOnce(int requests) {
    Limit limit = limit(ip(requests));
    int admitted = 0;
    for (int i = 0; i < requests + 1000; i++) if (admits(limit, null, "a")) admitted++;
    assertEquals(requests, admitted);
  }

  @Test
  void manyThreadsTogetherAreNeverAdmittedMoreThanTheLimit() throws InterruptedException {
    Limit limit = limit(ip(5000));
    AtomicInteger admitted = new AtomicInteger();
    CountDownLatch begin = new CountDownLatch(1);
    Thread[] threads = new Thread[8];
    for (int t = 0; t < threads.length; t++) {
      threads[t] =
          new Thread(
              () -> {
                Await.until("begun", () -> begin.getCount() == 0);
                for (int i = 0; i < 2000; i++) {
                  if (admits(limit, null, "a")) admitted.incrementAndGet();
                }
              });
      threads[t].start();
    }
    begin.countDown();
    for (Thread thread : threads) thread.join();
    assertEquals(5000, admitted.get());
  }

  @Test
  void oneTooManyIsToldTheLimitAndHowLongToWait() {
    Limit limit = limit(ip(2));
    clock.addAndGet(Duration.ofSeconds(7).toNanos());
    assertTrue(admits(limit, null, "a") && admits(limit, null, "a"));
    clock.addAndGet(Duration.ofSeconds(20).toNanos());
    Failure failure = Await.failure(limit.take(null, "a", told -> {}));
    assertEquals("RATE_LIMIT_EXCEEDED", failure.code());
    assertEquals(429, failure.status());
    assertEquals(Map.of("limit", 2, "window", 60L, "class", "a"), failure.facts().details());
    assertEquals(42, failure.facts().after()); // 60 s, and the rest of a slot of 1.875 s
    clock.addAndGet(Duration.ofSeconds(42).toNanos());
    assertTrue(admits(limit, null, "a"));
  }

  @Test
  void usersAreCountedAsThemselvesAndAllOthersByAddress() {
    Limit limit = limit(of(quota(1), quota(2), Map.of("premium", quota(3)), null));
    assertEquals(1, admitted(limit, null, "a"));
    assertEquals(1, admitted(limit, Caller.anonymous(PEER), "b"));
    assertEquals(2, admitted(limit, user("anna", null), "a"));
    assertEquals(2, admitted(limit, user("ben", "free"), "a"));
    assertEquals(3, admitted(limit, user("carl", "premium"), "a"));
    assertEquals(0, admitted(limit, user("carl", "premium"), "c"), "wherever they call from");
  }

  @Test
  void withoutAQuotaOfTheirOwnAddressesHaveThatOfUsersAndUsersThatOfTheirAddress() {
    assertEquals(2, admitted(limit(of(null, quota(2), null, null)), null, "a"));
    Limit limit = limit(Map.of("b", of(quota(2), null, null, null)), "b");
    assertEquals(1, admitted(limit, user("anna", null), "a", 1));
    assertEquals(1, admitted(limit, user("ben", null), "a"));
  }

  @Test
  void whatAllMayTogetherIsCountedBesideAndWhatItRefusesDoesNotCount() {
    Limit limit = limit(of(quota(2), null, null, quota(3)));
    assertEquals(2, admitted(limit, null, "a"));
    assertEquals(1, admitted(limit, null, "b"));
    assertEquals(429, Await.failure(limit.take(null, "b", told -> {})).status());
    clock.addAndGet(Duration.ofSeconds(62).toNanos());
    assertEquals(2, admitted(limit, null, "b"), "the one that was refused is not counted");
  }

  @Test
  void anIpv6ClientIsItsNetwork() {
    Limit limit = limit(ip(1));
    assertTrue(admits(limit, null, "2001:db8:1:2::1"));
    assertFalse(admits(limit, null, "2001:db8:1:2:ffff::9"));
    assertTrue(admits(limit, null, "2001:db8:1:3::1"));
  }

  @Test
  void aPathGroupIsCountedByEveryClassThatHasIt() {
    LimitClass group =
        new LimitClass(quota(2), null, null, null, List.of("/api/v1/**"), Outage.LOCAL);
    Limits limits = new Limits(Map.of("group", group, "own", ip(5)), tallies);
    Limit tracks = limits.of("own", "/api/v1/tracks/{id}");
    Limit queue = limits.of(Limits.NONE, "/api/v1/queue");
    assertEquals(1, admitted(tracks, null, "a", 1));
    assertEquals(1, admitted(queue, null, "a"));
    assertEquals(0, admitted(tracks, null, "a"));
    assertEquals(
        4, admitted(limits.of("own", "/other"), null, "a"), "refused ones are not counted");
  }

  @ParameterizedTest
  @CsvSource({
    "/api/**, /api, true",
    "/api/**, /api/v1/x, true",
    "/api/**, /apis, false",
    "/api/v1, /api/v1, true",
    "/api/v1, /api/v1/x, false",
    "/**, /, true",
    "/**, /o/**, true",
    "/o/**, /o/**, true",
    "/o/p/**, /o/**, false",
  })
  void aPathIsUnderItsGroups(String group, String path, boolean under) {
    assertEquals(under, LimitClass.isUnder(group, path));
  }

  @Test
  void withoutAClassNothingIsCountedOrTold() {
    Limit none = new Limits(Map.of("a", ip(1)), tallies).of(Limits.NONE, "/x");
    for (int i = 0; i < 5; i++) assertSame(Tally.NONE, none.takeAtOnce(null, "a"));
    Await.result(none.take(null, "a", told -> assertSame(Tally.NONE, told)));
    none.check("a");
  }

  @Test
  void whoeverHasUsedItUpIsNotJudgedAtAll() {
    Limit limit = limit(ip(1));
    limit.check("a");
    assertTrue(admits(limit, null, "a"));
    assertThrows(Failure.class, () -> limit.check("a"));
    limit.check("b");
  }

  @Test
  void sweepingForgetsNobodyOfWhomSomethingCounts() {
    Rule rule = tallies.rule("r", "ip", quota(1));
    Tally first = rule.of("a");
    assertEquals(Tally.TAKEN, first.take(Outage.LOCAL));
    rule.sweep();
    assertSame(first, rule.of("a"));
    clock.addAndGet(Duration.ofSeconds(62).toNanos());
    rule.sweep();
    assertNotSame(first, rule.of("a"));
  }

  @Test
  void clientsAreToldWhatIsLeft() {
    Limit limit = limit(ip(3));
    Tally first = limit.takeAtOnce(null, "a");
    assertEquals("\"a\";q=3;w=60", first.policy().toString());
    assertEquals("\"a\";r=2;t=62", first.standing().toString());
    assertNotNull(limit.takeAtOnce(null, "a"));
    assertNotNull(limit.takeAtOnce(null, "a"));
    assertNull(limit.takeAtOnce(null, "a"));
    assertEquals("\"a\";r=0;t=62", limit.first(null, "a").standing().toString());
  }

  @Test
  void aQuotaThatStaysGoesOnCountingThroughAChangeOfTheOthers() {
    Limits before = new Limits(Map.of("same", ip(1), "other", ip(1)), tallies);
    assertTrue(admits(before.of("same", "/"), null, "c"));
    assertTrue(admits(before.of("other", "/"), null, "c"));
    Map<String, LimitClass> then = Map.of("same", ip(1), "other", ip(2), "new", ip(1));
    Limits after = before.next(then);
    after.settle();
    assertFalse(admits(after.of("same", "/"), null, "c"));
    assertTrue(admits(after.of("other", "/"), null, "c"));
    assertTrue(admits(after.of("new", "/"), null, "c"));
    assertSame(after, after.next(then));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 60000 | requests must be above 0",
        "-1 | 60000 | requests must be above 0",
        "1 | 0 | window must be between 32ms and 366d",
        "1 | 31 | window must be between 32ms and 366d",
        "1 | 99999999999 | window must be between 32ms and 366d",
      })
  void oddQuotasAreRefused(int requests, long millis, String reason) {
    Duration window = Duration.ofMillis(millis);
    Exception e = assertThrows(IllegalArgumentException.class, () -> new Quota(requests, window));
    assertTrue(e.getMessage().startsWith(reason), e.getMessage());
  }

  private static Quota quota(int requests) {
    return new Quota(requests, Duration.ofMinutes(1));
  }

  private static LimitClass ip(int requests) {
    return of(quota(requests), null, null, null);
  }

  private static LimitClass of(Quota ip, Quota user, Map<String, Quota> tiers, Quota all) {
    return new LimitClass(ip, user, tiers, all, null, null);
  }

  private Limit limit(LimitClass limit) {
    return limit(Map.of("a", limit), "a");
  }

  private Limit limit(Map<String, LimitClass> classes, String name) {
    return new Limits(classes, tallies).of(name, "/x");
  }

  private static Caller user(String subject, String tier) {
    return new Caller(subject, null, tier, Set.of(), Set.of(), PEER, null);
  }

  private static boolean admits(Limit limit, Caller caller, String address) {
    return limit.takeAtOnce(caller, address) != null;
  }

  private static int admitted(Limit limit, Caller caller, String address) {
    return admitted(limit, caller, address, 10);
  }

  private static int admitted(Limit limit, Caller caller, String address, int tries) {
    int admitted = 0;
    for (int i = 0; i < tries; i++) if (admits(limit, caller, address)) admitted++;
    return admitted;
  }
}
