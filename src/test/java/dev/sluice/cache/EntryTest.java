package dev.sluice.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.bus.Wire;
import dev.sluice.cache.Entry.Stored;
import dev.sluice.call.Body;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class EntryTest {
  private static final Reply REPLY = Reply.of(200, Body.text("x".repeat(1000)));

  @Test
  void anEntryIsFreshThenStaleThenUsableThenNothing() {
    Entry entry = entry(List.of());
    assertEquals(
        List.of("fresh within usable", "within usable", "usable", ""),
        List.of(state(entry, 1999), state(entry, 2000), state(entry, 3000), state(entry, 4000)));
    assertEquals(1, entry.freshMillis(1999));
    assertEquals(-1, entry.freshMillis(2001));
  }

  @Test
  void aClockThatWentBackMakesNothingOlderThanNew() {
    assertEquals(0, entry(List.of()).ageMillis(500));
    assertTrue(entry(List.of()).isFresh(500));
  }

  @Test
  void whatATagCanInvalidateMustBeRevalidatedByClients() {
    assertEquals("public, no-cache", entry(List.of("t")).control());
    assertEquals("public, max-age=1", entry(List.of()).control());
    Stored own = new Stored(REPLY, null, 0, 60_000, 60_000, 60_000, List.of(), 0, false, false);
    assertEquals("private, max-age=60", new Entry("k", own).control());
  }

  @Test
  void aReplyIsToldAsFromThisCache() {
    Reply told = entry(List.of()).outcome("hit; ttl=1", 2500).result();
    assertEquals("hit; ttl=1", told.cached().status());
    assertEquals(1, told.cached().ageSeconds());
    assertEquals(EntityTag.of(REPLY.body().bytes()), told.cached().etag());
    assertEquals(REPLY.body(), told.body());
  }

  @Test
  void aStoredNotFoundIsTheSameFailureAgain() {
    Failure failure = Failure.notFound("CLIP_NOT_FOUND", "no").detail("id", "x");
    Entry entry =
        new Entry("k", new Stored(null, failure.facts(), 0, 9, 9, 9, List.of(), 0, true, false));
    Future<Reply> told = entry.outcome("hit", 1);
    assertEquals(failure.facts(), ((Failure) told.cause()).facts());
    assertNull(entry.etag());
    assertTrue(entry.weight() > 0);
  }

  @Test
  void anEntryComesBackFromTheWireAsItWas() {
    Stored stored = entry(List.of("a", "b")).stored();
    assertEquals(stored, Wire.decode(Wire.encode(stored), Stored.class));
    Stored missing =
        new Stored(
            null, Failure.notFound("N", "no").facts(), 1, 2, 2, 2, List.of(), 3, true, false);
    assertEquals(missing, Wire.decode(Wire.encode(missing), Stored.class));
  }

  @Test
  void theCompressedBodyIsMadeOnceAndIsTheSameBody() throws IOException {
    Entry entry = entry(List.of());
    Buffer gzipped = entry.gzipped();
    assertSame(gzipped, entry.gzipped());
    byte[] back = new GZIPInputStream(new ByteArrayInputStream(gzipped.getBytes())).readAllBytes();
    assertArrayEquals(REPLY.body().bytes().getBytes(), back);
    assertTrue(entry.weight() >= 1000 + gzipped.length());
  }

  @Test
  void tagsOfDifferentBytesDiffer() {
    Set<String> tags = new HashSet<>();
    for (int i = 0; i < 1000; i++) tags.add(EntityTag.of(Buffer.buffer("" + i)));
    assertEquals(1000, tags.size());
    assertEquals(EntityTag.of(Buffer.buffer("a")), EntityTag.of(Buffer.buffer("a")));
    assertTrue(tags.stream().allMatch(tag -> tag.matches("\"[A-Za-z0-9_-]{16}\"")));
  }

  @Test
  void raisingATagMakesOlderEntriesStaleAndNoOthers() {
    Epochs epochs = new Epochs();
    Entry tagged = entry(List.of("a", "b"), epochs.of(List.of("a", "b")));
    Entry other = entry(List.of("c"), epochs.of("c"));
    assertTrue(tagged.isCurrent(epochs));
    epochs.raise("b");
    assertFalse(tagged.isCurrent(epochs));
    assertTrue(other.isCurrent(epochs));
    assertTrue(entry(List.of("b"), epochs.of("b")).isCurrent(epochs));
  }

  @Test
  void everyRaiseIsHigherThanTheLastHoweverFastTheyCome() {
    Epochs epochs = new Epochs();
    long last = 0;
    for (int i = 0; i < 10_000; i++) {
      long next = epochs.raise("a");
      assertTrue(next > last);
      last = next;
    }
    assertEquals(last, epochs.of("a"));
  }

  @Test
  void raisingAllMakesEveryEntryStaleAndTheNextRaiseStillCounts() {
    Epochs epochs = new Epochs();
    epochs.learn("a", System.currentTimeMillis() + 60_000); // of a node whose clock is ahead
    Entry tagged = entry(List.of("a"), epochs.of("a"));
    Entry plain = entry(List.of(), epochs.of(List.of()));
    epochs.raiseAll();
    assertFalse(tagged.isCurrent(epochs));
    assertFalse(plain.isCurrent(epochs));
    Entry after = entry(List.of("b"), epochs.of("b"));
    assertTrue(after.isCurrent(epochs));
    epochs.raise("b");
    assertFalse(after.isCurrent(epochs));
  }

  @Test
  void anOlderEpochFromElsewhereChangesNothing() {
    Epochs epochs = new Epochs();
    long raised = epochs.raise("a");
    long version = epochs.version();
    epochs.learn("a", raised);
    epochs.learn("a", raised - 1);
    assertEquals(version, epochs.version());
    epochs.learn("a", raised + 5);
    assertEquals(raised + 5, epochs.of("a"));
    assertNotEquals(version, epochs.version());
  }

  @Test
  void everyWaiterIsGivenItsOutcomeAndOnlyOneIsTheFirst() {
    Waiters waiters = new Waiters();
    List<Future<Reply>> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) all.add(waiters.add("call" + i, i == 0));
    waiters.settle(first -> Future.succeededFuture(Reply.of(first ? 201 : 200, Body.NONE)));
    assertEquals(List.of(201, 200, 200), all.stream().map(f -> f.result().status()).toList());
  }

  @Test
  void oneWhoLeavesIsToldSoAndTheRestWaitOn() {
    Waiters waiters = new Waiters();
    Future<Reply> gone = waiters.add("a", true);
    Future<Reply> there = waiters.add("b", false);
    waiters.remove("a");
    waiters.remove("a");
    assertEquals("CANCELLED", ((Failure) gone.cause()).code());
    assertFalse(waiters.isEmpty());
    assertFalse(there.isComplete());
    AtomicInteger asked = new AtomicInteger();
    waiters.settle(
        first -> Future.succeededFuture(Reply.of(200 + asked.getAndIncrement(), Body.NONE)));
    assertTrue(there.succeeded());
    waiters.remove("b");
    assertTrue(waiters.isEmpty());
  }

  private static String state(Entry entry, long now) {
    return ((entry.isFresh(now) ? "fresh " : "")
            + (entry.isWithinMaxAge(now) ? "within " : "")
            + (entry.bridges(now) ? "usable" : ""))
        .trim();
  }

  private static Entry entry(List<String> tags) {
    return entry(tags, 0);
  }

  /** Stored at 1000; fresh for 1000 ms, within maxAge for 2000, usable for 3000. */
  private static Entry entry(List<String> tags, long epoch) {
    return new Entry(
        "k", new Stored(REPLY, null, 1000, 1000, 2000, 3000, tags, epoch, true, false));
  }
}
