package dev.sluice.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.bus.Cancel;
import dev.sluice.bus.FlowWriter;
import dev.sluice.bus.Flows;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Priority;
import dev.sluice.call.Reply;
import dev.sluice.conf.Size;
import dev.sluice.contract.Operation;
import dev.sluice.harness.Await;
import dev.sluice.harness.WithVertx;
import dev.sluice.observe.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(WithVertx.class)
class CacheVerticleTest {
  private static final Map<String, Object> A = Map.of("a", "1");

  /** What the origin was asked, each with the promise of its answer. */
  private record Asked(Call call, Promise<Reply> answer) {}

  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Queue<String> cancelled = new ConcurrentLinkedQueue<>();
  private final FakeShared shared = new FakeShared();
  private Vertx vertx;
  private Cache cache;
  private Operation operation;

  @BeforeEach
  void keepVertx(Vertx vertx) {
    this.vertx = vertx;
    Cancel.TOPIC.listen(vertx, cancel -> cancelled.add(cancel.id()));
  }

  @Test
  void manyEqualCallsAreOneFetch() {
    start("{ ttl: 5m }");
    List<Future<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 200; i++) replies.add(ask(A));
    answer(0, "one");
    replies.forEach(reply -> assertEquals("one", text(reply)));
    assertEquals(1, asked.size());
    long firsts =
        replies.stream().filter(r -> r.result().cached().status().endsWith("stored")).count();
    assertEquals(1, firsts);
    assertEquals("hit", text(ask(A), "hit", "one"));
    assertEquals(1, asked.size());
  }

  @Test
  void aStreamIsNeitherStoredNorShared() {
    start("{ ttl: 5m }");
    Future<Reply> one = ask(A);
    Future<Reply> two = ask(A);
    Await.until("asked", () -> asked.size() == 1);
    FlowWriter stream = Flows.open(vertx);
    asked.get(0).answer.complete(Reply.of(200, Body.streamed(stream.flow(), "a/b")));
    assertEquals("INTERNAL_ERROR", Await.failure(one).code());
    assertEquals("INTERNAL_ERROR", Await.failure(two).code());
    assertEquals("CANCELLED", Await.failure(stream.ended()).code());
    Future<Reply> again = ask(A);
    Await.until("asked again", () -> asked.size() == 2);
    answer(1, "whole");
    assertEquals("whole", text(again));
  }

  @Test
  void differentCallsAreDifferentFetches() {
    start("{ ttl: 5m }");
    Future<Reply> one = ask(A);
    Future<Reply> two = ask(Map.of("a", "2"));
    Await.until("both asked", () -> asked.size() == 2);
    asked.forEach(a -> a.answer.complete(Reply.json(a.call.params().text("a"))));
    assertEquals("\"1\"", text(one));
    assertEquals("\"2\"", text(two));
  }

  @Test
  void aStaleEntryIsServedAtOnceWhileOneFetchRefreshesIt() {
    start("{ strategy: stale-while-revalidate, ttl: 1ms, maxAge: 10m }");
    fill("old");
    untilStale();
    for (int i = 0; i < 20; i++) assertEquals("old", text(ask(A)));
    assertEquals(2, asked.size(), "the first fetch and one refresh");
    assertEquals(Priority.LOW, asked.get(1).call.priority());
    answer(1, "new");
    Await.until("refreshed", () -> text(ask(A)).equals("new"));
  }

  @Test
  void aFailedRefreshIsNotRepeatedForEveryCall() {
    start("{ strategy: stale-while-revalidate, ttl: 1ms, maxAge: 10m }");
    fill("old");
    untilStale();
    assertEquals("old", text(ask(A)));
    Await.until("refreshing", () -> asked.size() == 2);
    asked.get(1).answer.fail(Failure.timeout("x"));
    for (int i = 0; i < 20; i++) assertEquals("old", text(ask(A)));
    assertEquals(2, asked.size());
  }

  @Test
  void aStaleSharedEntryIsServedWhileItIsRefreshed() {
    start("{ strategy: stale-while-revalidate, ttl: 1ms, maxAge: 10m }");
    Reply old = Reply.of(200, Body.text("old"));
    shared.put(Entry.of(key(A), old, operation.policy(), List.of(), 0));
    untilStale();
    Future<Reply> found = ask(A);
    assertEquals("old", text(found));
    assertTrue(found.result().cached().status().startsWith("hit; ttl=-"));
    answer(0, "new");
    Await.until("refreshed", () -> text(ask(A)).equals("new"));
  }

  @Test
  void whoCouldHaveAStaleAnswerWaitsASecondAtMost() {
    start("{ ttl: 1ms, staleIfError: 1h }");
    fill("old");
    untilStale();
    Future<Reply> patient = ask(A);
    assertEquals("old", text(patient));
    assertTrue(patient.result().cached().status().contains("stale-if-error"));
    assertEquals("old", text(ask(A)), "and the next waits no more");
    assertEquals(2, asked.size(), "for the one fetch goes on");
    answer(1, "new");
    Await.until("stored", () -> text(ask(A)).equals("new") || asked.size() > 2);
  }

  @Test
  void whatIsGoneAtTheOriginStandsInForItNoMore() {
    start("{ ttl: 1ms, staleIfError: 1h }");
    fill("old");
    untilStale();
    Future<Reply> gone = ask(A);
    fail(1, Failure.notFound("NOT_FOUND", "x"));
    assertEquals("NOT_FOUND", Await.failure(gone).code());
    assertNull(shared.entries.get(key(A)));
    Future<Reply> unbridged = ask(A);
    fail(2, Failure.unavailable("CIRCUIT_OPEN", "x"));
    assertEquals("CIRCUIT_OPEN", Await.failure(unbridged).code());
  }

  @Test
  void cacheFirstWaitsForANewOneOnceStale() {
    start("{ strategy: cache-first, ttl: 1ms }");
    fill("old");
    untilStale();
    Future<Reply> reply = ask(A);
    Await.until("asked again", () -> asked.size() == 2);
    assertFalse(reply.isComplete());
    answer(1, "new");
    assertEquals("new", text(reply));
  }

  @Test
  void networkFirstAlwaysAsksAndTheEntryOnlyBridgesAFailure() {
    start("{ strategy: network-first, ttl: 5m, staleIfError: 1h }");
    fill("old");
    Future<Reply> second = ask(A);
    answer(1, "new");
    assertEquals("new", text(second));
    Future<Reply> third = ask(A);
    fail(2, Failure.timeout("x"));
    assertEquals("new", text(third));
    assertTrue(third.result().cached().status().contains("stale-if-error"));
  }

  @Test
  void aStaleEntryBridgesAFailingOriginButNotItsRefusals() {
    start("{ ttl: 1ms, staleIfError: 1h }");
    fill("old");
    untilStale();
    Future<Reply> bridged = ask(A);
    fail(1, Failure.unavailable("CIRCUIT_OPEN", "x"));
    assertEquals("old", text(bridged));
    Future<Reply> refused = ask(A);
    fail(2, Failure.notFound("NOT_FOUND", "x"));
    assertEquals("NOT_FOUND", Await.failure(refused).code());
  }

  @Test
  void noEntryBridgesAnythingOnceItsTimeIsOver() {
    start("{ ttl: 1ms, staleIfError: 1ms }");
    fill("old");
    untilStale();
    Future<Reply> reply = ask(A);
    fail(1, Failure.timeout("x"));
    assertEquals("TIMEOUT", Await.failure(reply).code());
  }

  @Test
  void aFailedFetchFailsAllOnceAndIsNotRemembered() {
    start("{ ttl: 5m }");
    List<Future<Reply>> replies = List.of(ask(A), ask(A), ask(A));
    fail(0, Failure.timeout("x"));
    replies.forEach(reply -> assertEquals("TIMEOUT", Await.failure(reply).code()));
    assertEquals(1, asked.size());
    Future<Reply> next = ask(A);
    answer(1, "back");
    assertEquals("back", text(next));
  }

  @Test
  void aNotFoundIsRememberedWherePolicySaysSo() {
    start("{ ttl: 5m, notFoundTtl: 30s }");
    Future<Reply> reply = ask(A);
    fail(0, Failure.notFound("CLIP_NOT_FOUND", "x"));
    assertEquals("CLIP_NOT_FOUND", Await.failure(reply).code());
    assertEquals("CLIP_NOT_FOUND", Await.failure(ask(A)).code());
    assertEquals(1, asked.size());
    assertNull(cache.fresh(key(A), System.currentTimeMillis()), "not for the fast lane");
  }

  @Test
  void aNotFoundIsForgottenWherePolicySaysNothing() {
    start("{ ttl: 5m }");
    Future<Reply> reply = ask(A);
    fail(0, Failure.notFound("CLIP_NOT_FOUND", "x"));
    Await.failure(reply);
    Future<Reply> next = ask(A);
    answer(1, "there");
    assertEquals("there", text(next));
  }

  @Test
  void onlyA200OfABearableSizeIsStored() {
    start("{ ttl: 5m }");
    Future<Reply> made = ask(A);
    answer(0, Reply.of(202, Body.text("accepted")));
    assertEquals(202, Await.result(made).status());
    Future<Reply> large = ask(A);
    answer(1, Reply.of(200, Body.text("x".repeat(2000))));
    assertNull(Await.result(large).cached().status());
    Future<Reply> again = ask(A);
    answer(2, "small");
    assertEquals("small", text(again));
  }

  @Test
  void aFreshPublicEntryIsThereForTheFastLaneUntilItsTagIsRaised() {
    start("{ ttl: 5m, tags: [\"a:{a}\"] }");
    fill("one");
    assertNotNull(cache.fresh(key(A), System.currentTimeMillis()));
    Await.result(cache.invalidate(List.of("a:2")));
    assertNotNull(cache.fresh(key(A), System.currentTimeMillis()));
    Await.result(cache.invalidate(List.of("a:1")));
    assertNull(cache.fresh(key(A), System.currentTimeMillis()));
    Future<Reply> reply = ask(A);
    answer(1, "two");
    assertEquals("two", text(reply));
  }

  @Test
  void anEntryOfOneCallerIsThereForNobodyElse() {
    start("{ ttl: 5m, scope: user }");
    Call call = Operations.call("ann", A);
    Future<Reply> reply = cache.lookup(operation, call);
    answer(0, "ann's");
    Await.result(reply);
    String asked = CacheKey.ofAnyone(operation, call);
    assertNotNull(cache.fresh(CacheKey.own("ann", asked), System.currentTimeMillis()));
    assertNull(cache.fresh(CacheKey.own("bob", asked), System.currentTimeMillis()));
    assertNull(cache.fresh(asked, System.currentTimeMillis()));
    Future<Reply> bobs = cache.lookup(operation, Operations.call("bob", A));
    answer(1, "bob's");
    assertEquals("bob's", text(bobs));
  }

  @Test
  void whatIsInvalidatedWhileItIsFetchedIsFetchedAgain() {
    start("{ ttl: 5m, tags: [t] }");
    Future<Reply> before = ask(A);
    Await.until("asked", () -> asked.size() == 1);
    Await.result(cache.invalidate(List.of("t")));
    answer(0, "old");
    assertEquals("old", text(before));
    Future<Reply> after = ask(A);
    answer(1, "new");
    assertEquals("new", text(after));
  }

  @Test
  void whoAsksAfterAnInvalidationDoesNotJoinAFetchFromBeforeIt() {
    start("{ ttl: 5m, tags: [t] }");
    Future<Reply> before = ask(A);
    Await.until("asked", () -> asked.size() == 1);
    Await.result(cache.invalidate(List.of("t")));
    Future<Reply> after = ask(A);
    answer(1, "new");
    assertEquals("new", text(after));
    answer(0, "old");
    assertEquals("old", text(before));
    assertEquals("new", text(ask(A)), "the older answer does not replace the newer");
    assertEquals(2, asked.size());
  }

  @Test
  void oneWhoLeavesDoesNotTakeTheFetchFromTheOthers() {
    start("{ ttl: 5m }");
    Call leaver = Operations.call(A);
    Future<Reply> gone = cache.lookup(operation, leaver);
    Future<Reply> stays = ask(A);
    Await.until("asked", () -> asked.size() == 1);
    ask(Map.of("a", "9")); // a shard answers in order: the second waiter has joined
    cancel(leaver);
    assertEquals("CANCELLED", Await.failure(gone).code());
    answer(0, "one");
    assertEquals("one", text(stays));
    assertFalse(cancelled.contains(asked.get(0).call.id()));
  }

  @Test
  void theLastWhoLeavesTakesTheFetchWithIt() {
    start("{ ttl: 5m }");
    Call leaver = Operations.call(A);
    Future<Reply> gone = cache.lookup(operation, leaver);
    Await.until("asked", () -> asked.size() == 1);
    cancel(leaver);
    assertEquals("CANCELLED", Await.failure(gone).code());
    Await.until("fetch cancelled", () -> cancelled.contains(asked.get(0).call.id()));
    Future<Reply> next = ask(A);
    answer(1, "two");
    assertEquals("two", text(next), "nobody joins a fetch that was given up");
  }

  @Test
  void aRefreshInTheBackgroundIsNobodysToCancel() {
    start("{ strategy: stale-while-revalidate, ttl: 1ms, maxAge: 10m }");
    fill("old");
    untilStale();
    Call call = Operations.call(A);
    assertEquals("old", text(cache.lookup(operation, call)));
    Await.until("refreshing", () -> asked.size() == 2);
    cancel(call);
    assertFalse(cancelled.contains(asked.get(1).call.id()));
    answer(1, "new");
    Await.until("refreshed", () -> text(ask(A)).equals("new"));
  }

  @Test
  void aFreshEntryOfTheSharedCacheSparesTheOrigin() {
    start("{ ttl: 5m }");
    Reply reply = Reply.of(200, Body.text("shared"));
    shared.put(Entry.of(key(A), reply, operation.policy(), List.of(), 0));
    Future<Reply> found = ask(A);
    assertEquals("shared", text(found));
    assertTrue(found.result().cached().status().matches("hit; ttl=\\d+; detail=shared"));
    assertEquals(0, asked.size());
  }

  @Test
  void whatIsFetchedIsSharedAndWhatTheSharedCacheFailsAtIsFetched() {
    start("{ ttl: 5m }");
    shared.fails = true;
    fill("one");
    assertNotNull(shared.entries.get(key(A)));
  }

  @Test
  void aSharedEntryOlderThanAnInvalidationIsNotServed() {
    start("{ ttl: 5m, tags: [t] }");
    Reply reply = Reply.of(200, Body.text("old"));
    shared.put(Entry.of(key(A), reply, operation.policy(), List.of("t"), 0));
    Await.result(cache.invalidate(List.of("t")));
    Future<Reply> next = ask(A);
    answer(0, "new");
    assertEquals("new", text(next));
    assertEquals(List.of("t"), shared.raised);
  }

  private void start(String policy) {
    operation = Operations.contract(policy).operation("x");
    CacheSettings settings = new CacheSettings(Size.of(1 << 20), true, Size.of(1000), null);
    cache = new Cache(vertx, settings, shared, new Metrics());
    Await.result(cache.start());
    Await.result(operation.origin().serve(vertx, this::origin).completion());
  }

  private Future<Reply> origin(Call call) {
    Asked one = new Asked(call, Promise.promise());
    asked.add(one);
    return one.answer.future();
  }

  private Future<Reply> ask(Map<String, Object> params) {
    return cache.lookup(operation, Operations.call(params));
  }

  private void fill(String text) {
    Future<Reply> first = ask(A);
    answer(0, text);
    assertEquals(text, text(first));
  }

  private void untilStale() {
    long stored = System.currentTimeMillis();
    Await.until("some milliseconds are over", () -> System.currentTimeMillis() > stored + 3);
  }

  private void answer(int which, String text) {
    answer(which, Reply.of(200, Body.text(text)));
  }

  private void answer(int which, Reply reply) {
    Await.until("fetch " + which, () -> asked.size() > which);
    asked.get(which).answer.complete(reply);
  }

  private void fail(int which, Failure failure) {
    Await.until("fetch " + which, () -> asked.size() > which);
    asked.get(which).answer.fail(failure);
  }

  private void cancel(Call call) {
    Cancel.TOPIC.publish(vertx, new Cancel(call.id()));
  }

  private String key(Map<String, Object> params) {
    return CacheKey.of(operation, Operations.call(params));
  }

  private static String text(Future<Reply> reply) {
    return Await.result(reply).body().bytes().toString();
  }

  private static String text(Future<Reply> reply, String status, String body) {
    assertEquals(body, text(reply));
    String told = reply.result().cached().status();
    return told.substring(0, Math.min(told.length(), status.length()));
  }

  /** A second level that answers at once. */
  private static final class FakeShared implements SharedCache {
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final List<String> raised = new CopyOnWriteArrayList<>();
    private volatile boolean fails;

    @Override
    public void listen(Cache cache) {}

    @Override
    public Future<Entry> get(String key, List<String> tags, Epochs epochs) {
      return fails ? Future.failedFuture("away") : Future.succeededFuture(entries.get(key));
    }

    @Override
    public void put(Entry entry) {
      entries.put(entry.key(), entry);
    }

    @Override
    public void drop(String key) {
      entries.remove(key);
    }

    @Override
    public Future<Void> raised(List<String> tags, Epochs epochs) {
      raised.addAll(tags);
      return Future.succeededFuture();
    }
  }
}
