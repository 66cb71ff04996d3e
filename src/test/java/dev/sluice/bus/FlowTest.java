package dev.sluice.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.bus.Flows.Beat;
import dev.sluice.bus.Flows.Chunk;
import dev.sluice.bus.Flows.End;
import dev.sluice.bus.Flows.Grant;
import dev.sluice.bus.Flows.Open;
import dev.sluice.bus.Flows.Stop;
import dev.sluice.call.Body;
import dev.sluice.call.Failure;
import dev.sluice.call.Flow;
import dev.sluice.harness.Await;
import dev.sluice.harness.WithVertx;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ends on one node; ClusterTest has them on two. */
@ExtendWith(WithVertx.class)
class FlowTest {
  private static final Duration SHORT = Duration.ofMillis(60);
  private static final Buffer BYTE = Buffer.buffer("x");

  @Test
  void chunksPassByReferenceAndInOrder(Vertx vertx) {
    FlowWriter writer = Flows.open(vertx);
    List<Buffer> chunks = List.of(Buffer.buffer("a"), Buffer.buffer("b"), Buffer.buffer("c"));
    chunks.forEach(writer::write);
    Future<Void> ended = writer.end();
    Listener listener = new Listener(Flows.read(vertx, writer.flow()));
    Await.result(listener.end.future());
    Await.result(ended);
    for (int i = 0; i < 3; i++) assertSame(chunks.get(i), listener.chunks.get(i));
    assertFree(vertx, writer.flow());
  }

  @Test
  void anEmptyStreamEnds(Vertx vertx) {
    FlowWriter writer = Flows.open(vertx);
    writer.write(Buffer.buffer());
    writer.end();
    Listener listener = new Listener(Flows.read(vertx, writer.flow()));
    Await.result(listener.end.future());
    assertTrue(listener.chunks.isEmpty());
  }

  @Test
  void aSlowReaderHoldsTheWriterAtTheWindow(Vertx vertx) {
    FlowWriter writer = Flows.open(vertx);
    AtomicInteger drained = new AtomicInteger();
    writer.drainHandler(v -> drained.incrementAndGet());
    assertEquals(16, fill(writer));
    FlowReader reader = Flows.read(vertx, writer.flow());
    reader.pause();
    Listener listener = new Listener(reader);
    Await.result(writer.read());
    assertTrue(writer.writeQueueFull());
    reader.fetch(7);
    Await.until("seven are read", () -> listener.chunks.size() == 7);
    assertEquals(0, drained.get());
    reader.fetch(1);
    Await.until("half a window is free", () -> drained.get() == 1);
    assertEquals(8, fill(writer));
    writer.end();
    reader.resume();
    Await.result(listener.end.future());
    assertEquals(24, listener.chunks.size());
  }

  @Test
  void largeBuffersAreSplitSoThatTheWindowBoundsBytes(Vertx vertx) {
    byte[] bytes = new byte[16 * Flows.MAX_CHUNK];
    new Random(1).nextBytes(bytes);
    FlowWriter writer = Flows.open(vertx);
    writer.write(Buffer.buffer(bytes));
    assertTrue(writer.writeQueueFull());
    writer.end();
    Listener listener = new Listener(Flows.read(vertx, writer.flow()));
    Await.result(listener.end.future());
    assertEquals(16, listener.chunks.size());
    assertEquals(Buffer.buffer(bytes), listener.whole());
  }

  @Test
  void aFailureComesAfterTheChunksBeforeItAndKeepsItsKind(Vertx vertx) {
    FlowWriter writer = Flows.open(vertx);
    Listener listener = new Listener(Flows.read(vertx, writer.flow()));
    writer.write(BYTE);
    Await.until("the chunk", () -> listener.chunks.size() == 1);
    writer.fail(Failure.notFound("CLIP_NOT_FOUND", "Gone.").detail("clip", "x"));
    Failure failure = Await.failure(listener.end.future());
    assertEquals("CLIP_NOT_FOUND", failure.code());
    assertEquals("x", failure.facts().details().get("clip"));
    assertEquals("CLIP_NOT_FOUND", Await.failure(writer.ended()).code());
    assertEquals("CLIP_NOT_FOUND", Await.failure(writer.write(BYTE)).code());
    assertFree(vertx, writer.flow());
  }

  @Test
  void aStrangeCauseTellsNothing(Vertx vertx) {
    FlowWriter writer = Flows.open(vertx);
    writer.fail(new IllegalStateException("secret"));
    Listener listener = new Listener(Flows.read(vertx, writer.flow())); // comes too late for it
    assertEquals("INTERNAL_ERROR", Await.failure(listener.end.future()).code());
  }

  @Test
  void aReaderThatCancelsTellsTheWriterWhy(Vertx vertx) {
    FlowWriter writer = Flows.open(vertx);
    Promise<Throwable> told = Promise.promise();
    Promise<Void> room = Promise.promise();
    writer.exceptionHandler(told::complete);
    writer.drainHandler(v -> room.tryComplete());
    fill(writer);
    FlowReader reader = Flows.read(vertx, writer.flow());
    reader.pause();
    Listener listener = new Listener(reader);
    Await.result(writer.read());
    reader.cancel(Failure.notFound("LEFT", "I have left."));
    assertEquals("LEFT", Await.failure(writer.ended()).code());
    assertEquals("LEFT", ((Failure) Await.result(told.future())).code());
    Await.result(room.future());
    assertFalse(writer.writeQueueFull());
    assertEquals("LEFT", Await.failure(writer.write(BYTE)).code());
    assertFalse(listener.end.future().isComplete());
    assertTrue(listener.chunks.isEmpty());
    assertFree(vertx, writer.flow());
  }

  @Test
  void aBodyThatNobodyWantsIsCancelledUnread(Vertx vertx) {
    FlowWriter writer = Flows.open(vertx);
    Flows.drop(vertx, Body.NONE);
    Flows.drop(vertx, Body.streamed(writer.flow(), "a/b"));
    assertEquals("CANCELLED", Await.failure(writer.ended()).code());
  }

  @Test
  void aStreamIsReadOnce(Vertx vertx) {
    FlowWriter writer = Flows.open(vertx);
    Listener first = new Listener(Flows.read(vertx, writer.flow()));
    Await.result(writer.read());
    Listener second = new Listener(Flows.read(vertx, writer.flow()));
    assertEquals("INTERNAL_ERROR", Await.failure(second.end.future()).code());
    writer.end(BYTE);
    Await.result(first.end.future());
    assertEquals("x", first.whole().toString());
    Listener third = new Listener(Flows.read(vertx, writer.flow()));
    assertEquals("SERVICE_UNAVAILABLE", Await.failure(third.end.future()).code());
  }

  @Test
  void aReaderThatNeverComesIsNotWaitedForLong(Vertx vertx) {
    FlowWriter writer = Flows.open(vertx, SHORT);
    fill(writer);
    assertEquals("TIMEOUT", Await.failure(writer.ended()).code());
    assertFree(vertx, writer.flow());
  }

  @Test
  void aReaderThatIsGoneWithoutAWordIsNoticed(Vertx vertx) {
    FlowWriter writer = Flows.open(vertx, SHORT);
    Await.result(vertx.eventBus().request("flow." + writer.flow().id(), new Open("nobody", 16)));
    assertEquals("TIMEOUT", Await.failure(writer.ended()).code());
    assertFree(vertx, writer.flow());
  }

  @Test
  void aWriterThatIsGoneWithoutAWordIsNoticed(Vertx vertx) {
    Raw raw = new Raw(vertx);
    Listener listener = new Listener(Flows.read(vertx, raw.flow, SHORT));
    raw.send(new Chunk(0, BYTE));
    assertEquals("TIMEOUT", Await.failure(listener.end.future()).code());
    assertEquals(1, listener.chunks.size());
    Await.until("it is told", () -> raw.heard.stream().anyMatch(Stop.class::isInstance));
    assertDeaf(vertx, raw.reader());
  }

  @Test
  void silentEndsThatLiveAreKept(Vertx vertx) {
    Raw raw = new Raw(vertx);
    FlowReader reader = Flows.read(vertx, raw.flow, SHORT);
    reader.pause();
    Listener listener = new Listener(reader);
    raw.reader();
    for (int beats = 1; beats <= 9; beats++) { // three times as long as a dead one is waited for
      int heard = beats;
      Await.until("beat " + beats, () -> raw.heard.size() >= heard);
      raw.send(new Beat(0));
    }
    assertFalse(listener.end.future().isComplete());
    assertTrue(raw.heard.stream().allMatch(word -> word.equals(new Grant(16))), "" + raw.heard);
    reader.cancel();
    FlowWriter writer = Flows.open(vertx, SHORT);
    CopyOnWriteArrayList<Object> beats = new CopyOnWriteArrayList<>();
    vertx.eventBus().consumer("me", message -> beats.add(message.body()));
    String address = "flow." + writer.flow().id();
    Await.result(vertx.eventBus().request(address, new Open("me", 16)));
    for (int i = 1; i <= 9; i++) {
      int heard = i;
      Await.until("its beat " + i, () -> beats.size() >= heard);
      vertx.eventBus().send(address, new Grant(16));
    }
    assertFalse(writer.ended().isComplete());
    assertTrue(beats.stream().allMatch(word -> word.equals(new Beat(0))), "" + beats);
  }

  @Test
  void aLostChunkIsNoticedAndNeverPassedOver(Vertx vertx) {
    List<List<Record>> losses =
        List.of(
            List.of(new Chunk(0, BYTE), new Chunk(2, BYTE)),
            List.of(new Chunk(0, BYTE), new Beat(2)),
            List.of(new Chunk(0, BYTE), new End(2, null)),
            List.of(new Chunk(0, BYTE), new Chunk(0, BYTE)));
    for (List<Record> words : losses) {
      Raw raw = new Raw(vertx);
      Listener listener = new Listener(Flows.read(vertx, raw.flow));
      words.forEach(raw::send);
      assertEquals("STREAM_BROKEN", Await.failure(listener.end.future()).code(), "" + words);
      assertEquals(1, listener.chunks.size());
    }
  }

  @Test
  void lateWordsAreIgnored(Vertx vertx) {
    Raw raw = new Raw(vertx);
    Listener listener = new Listener(Flows.read(vertx, raw.flow));
    raw.send(new Chunk(0, BYTE));
    raw.send(new End(1, null));
    raw.send(new Chunk(1, BYTE));
    raw.send(new End(9, Failure.internal().facts()));
    Await.result(listener.end.future());
    assertDeaf(vertx, raw.reader());
    assertEquals(1, listener.chunks.size());
    FlowWriter writer = Flows.open(vertx);
    Listener other = new Listener(Flows.read(vertx, writer.flow()));
    Await.result(writer.end(BYTE));
    vertx.eventBus().send("flow." + writer.flow().id(), new Grant(99));
    vertx.eventBus().send("flow." + writer.flow().id(), new Stop(null));
    Await.result(other.end.future());
    assertEquals("x", other.whole().toString());
  }

  @Test
  void anOldGrantTakesNothingBack(Vertx vertx) {
    FlowWriter writer = Flows.open(vertx);
    CopyOnWriteArrayList<Object> heard = new CopyOnWriteArrayList<>();
    vertx.eventBus().consumer("me", message -> heard.add(message.body()));
    String address = "flow." + writer.flow().id();
    Await.result(vertx.eventBus().request(address, new Open("me", 2)));
    vertx.eventBus().send(address, new Grant(1));
    for (int i = 0; i < 3; i++) writer.write(BYTE);
    Await.until("two", () -> heard.size() == 2);
    vertx.eventBus().send(address, new Grant(3));
    Await.until("the third", () -> heard.size() == 3);
    assertEquals(new Chunk(2, BYTE), heard.get(2));
  }

  @Test
  void aSourceIsCarriedAndReleased(Vertx vertx) {
    Promise<Void> released = Promise.promise();
    FlowReader source = Flows.read(vertx, Body.text("all of it"));
    Flow flow = Await.result(Flows.carry(vertx, source, released::complete));
    Listener listener = new Listener(Flows.read(vertx, flow));
    Await.result(listener.end.future());
    assertEquals("all of it", listener.whole().toString());
    Await.result(released.future());
  }

  @Test
  void cancelsAndErrorsPassAlongAChain(Vertx vertx) {
    FlowWriter first = Flows.open(vertx);
    Promise<Void> released = Promise.promise();
    FlowReader source = Flows.read(vertx, first.flow());
    Flow second = Await.result(Flows.carry(vertx, source, released::complete));
    FlowReader reader = Flows.read(vertx, second);
    reader.handler(chunk -> reader.cancel());
    first.write(BYTE);
    assertEquals("CANCELLED", Await.failure(first.ended()).code());
    Await.result(released.future());
    FlowWriter third = Flows.open(vertx);
    FlowReader between = Flows.read(vertx, third.flow());
    Flow fourth = Await.result(Flows.carry(vertx, between, () -> {}));
    Listener listener = new Listener(Flows.read(vertx, fourth));
    third.fail(Failure.notFound("GONE", "Gone."));
    assertEquals("GONE", Await.failure(listener.end.future()).code());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void whateverTheChunksAndPausesTheBytesAreTheSame(long seed, Vertx vertx) {
    Random random = new Random(seed);
    Buffer all = Buffer.buffer();
    FlowWriter writer = Flows.open(vertx);
    FlowReader reader = Flows.read(vertx, writer.flow());
    reader.pause();
    Listener listener = new Listener(reader);
    Random pauses = new Random(-seed);
    int rounds = 20 + random.nextInt(200);
    int most = random.nextBoolean() ? 100 : 200_000;
    for (int i = 0; i < rounds; i++) {
      byte[] bytes = new byte[random.nextInt(most)];
      random.nextBytes(bytes);
      all.appendBytes(bytes);
      writer.write(Buffer.buffer(bytes));
      if (pauses.nextInt(3) == 0) reader.fetch(1 + pauses.nextInt(40));
      if (pauses.nextInt(9) == 0) reader.pause();
    }
    writer.end();
    reader.resume();
    Await.result(listener.end.future());
    assertEquals(all, listener.whole());
    assertTrue(listener.chunks.stream().allMatch(chunk -> chunk.length() <= Flows.MAX_CHUNK));
  }

  /** Writes until the queue is full, and counts. */
  private static int fill(FlowWriter writer) {
    int count = 0;
    for (; !writer.writeQueueFull(); count++) writer.write(BYTE);
    return count;
  }

  /** Nobody listens for the reader any more. */
  private static void assertFree(Vertx vertx, Flow flow) {
    assertDeaf(vertx, "flow." + flow.id());
  }

  private static void assertDeaf(Vertx vertx, String address) {
    Await.until(address + " is free", () -> !answers(vertx, address));
  }

  /** An end has no answer to this, and so keeps who asks waiting for a moment. */
  private static boolean answers(Vertx vertx, String address) {
    DeliveryOptions soon = new DeliveryOptions().setSendTimeout(5);
    return Await.result(
        vertx
            .eventBus()
            .request(address, new Grant(0), soon)
            .map(true)
            .recover(
                cause ->
                    Future.succeededFuture(
                        ((ReplyException) cause).failureType() != ReplyFailure.NO_HANDLERS)));
  }

  /** Whatever a reader gives. */
  private static final class Listener {
    final CopyOnWriteArrayList<Buffer> chunks = new CopyOnWriteArrayList<>();
    final Promise<Void> end = Promise.promise();

    Listener(FlowReader reader) {
      reader.exceptionHandler(end::fail).endHandler(v -> end.complete());
      reader.handler(chunks::add);
    }

    Buffer whole() {
      Buffer whole = Buffer.buffer();
      chunks.forEach(whole::appendBuffer);
      return whole;
    }
  }

  /** A writer's end that says what a test has it say. */
  private static final class Raw {
    final Flow flow = new Flow("raw" + System.nanoTime());
    final CopyOnWriteArrayList<Object> heard = new CopyOnWriteArrayList<>();
    private final Promise<String> reader = Promise.promise();
    private final Vertx vertx;

    Raw(Vertx vertx) {
      this.vertx = vertx;
      vertx
          .eventBus()
          .consumer(
              "flow." + flow.id(),
              message -> {
                if (message.body() instanceof Open open) {
                  message.reply(new Beat(0));
                  reader.complete(open.reader());
                } else {
                  heard.add(message.body());
                }
              });
    }

    String reader() {
      return Await.result(reader.future());
    }

    void send(Record word) {
      vertx.eventBus().send(reader(), word);
    }
  }
}
