package dev.sluice.bus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Body;
import dev.sluice.call.Cached;
import dev.sluice.call.Call;
import dev.sluice.call.Caller;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Headers;
import dev.sluice.call.Params;
import dev.sluice.call.Peer;
import dev.sluice.call.Priority;
import dev.sluice.call.Reply;
import dev.sluice.call.Trace;
import dev.sluice.call.Wish;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
  private static final RecordCodec<Object> CODEC = new RecordCodec<>("test");

  @Test
  void aCallCrossesWhole() {
    Call call = call(Params.of(Map.of("channel", "ninja")), Deadline.in(Duration.ofMinutes(5)));
    Call there = assertInstanceOf(Call.class, cross(call));
    assertEquals(call.id(), there.id());
    assertEquals(call.operation(), there.operation());
    assertEquals(call.params(), there.params());
    assertEquals(call.body(), there.body());
    assertEquals(call.caller(), there.caller());
    assertEquals("the token", there.caller().token());
    assertEquals(call.trace(), there.trace());
    assertEquals(call.priority(), there.priority());
  }

  @Test
  void aDeadlineKeepsTheTimeThatIsLeft() {
    Deadline deadline = Deadline.in(Duration.ofMinutes(5));
    Call there = (Call) cross(call(Params.NONE, deadline));
    long drift = Math.abs(there.deadline().remainingMillis() - deadline.remainingMillis());
    assertTrue(drift < 60_000, drift + " ms");
    Call late = (Call) cross(call(Params.NONE, Deadline.in(Duration.ofSeconds(-1))));
    assertTrue(late.deadline().hasPassed());
  }

  @Test
  void parametersKeepTheirTypes() {
    Params params =
        Params.of(
            Map.of(
                "text",
                "5",
                "small",
                5,
                "large",
                1L << 40,
                "real",
                0.5,
                "yes",
                true,
                "many",
                List.of("a, b", "c"),
                "numbers",
                List.of(1, 2)));
    Params there = ((Call) cross(call(params, Deadline.in(Duration.ofSeconds(5))))).params();
    assertEquals(params, there);
    assertEquals(5L, there.values().get("small"));
    assertEquals(1L << 40, there.values().get("large"));
    assertEquals(List.of(1L, 2L), there.values().get("numbers"));
    assertEquals("5", there.values().get("text"));
  }

  @Test
  void aReplyKeepsBytesRepeatedHeadersAndCacheFacts() {
    byte[] bytes = new byte[256];
    for (int i = 0; i < 256; i++) bytes[i] = (byte) i;
    Headers headers = Headers.of("link", "<a>", "x", "1", "link", "<b>");
    Cached cached = new Cached("hit; ttl=9", "\"tag\"", "public, max-age=1", 7);
    Reply reply = new Reply(203, headers, new Body(Buffer.buffer(bytes), "image/png"), cached);
    Reply there = assertInstanceOf(Reply.class, cross(reply));
    assertArrayEquals(bytes, there.body().bytes().getBytes());
    assertEquals(reply, there);
    assertEquals(headers.flat(), there.headers().flat());
  }

  @Test
  void aReplyWithoutBodyOrHeadersIsStillOne() {
    Reply there = (Reply) cross(Reply.of(204, Body.NONE));
    assertTrue(there.body().isEmpty());
    assertNull(there.body().type());
    assertEquals(List.of(), there.headers().flat());
  }

  @Test
  void whatIsDerivedIsNotSent() {
    String wire =
        new String(Wire.encode(Reply.of(200, Body.text("hi"))), StandardCharsets.ISO_8859_1);
    assertFalse(wire.contains("empty"), wire);
    wire = new String(Wire.encode(Caller.NOBODY), StandardCharsets.ISO_8859_1);
    assertFalse(wire.contains("anonymous"), wire);
  }

  @Test
  void aFailureStaysAFailureWithAllItsFacts() {
    Failure failure =
        Failure.invalid("limit", "101 is above the maximum 100", 101L)
            .status(422)
            .detail("provider", "twitch")
            .detail("list", List.of("a", "b"))
            .retryAfter(Duration.ofSeconds(7));
    Failure there = assertInstanceOf(Failure.class, cross(failure));
    assertEquals(failure.code(), there.code());
    assertEquals(failure.getMessage(), there.getMessage());
    assertEquals(422, there.status());
    assertEquals(422, there.failureCode());
    assertEquals(failure.category(), there.category());
    assertEquals(failure.facts().details(), there.facts().details());
    assertEquals(failure.facts().hint(), there.facts().hint());
    assertEquals(7L, there.facts().after());
    assertTrue(there.facts().retryable());
    assertEquals("limit", there.facts().fields().get(0).field());
  }

  @Test
  void onlyRecordsAreMadeFromAWire() {
    for (String name : List.of("java.lang.ProcessBuilder", "java.util.HashMap", "no.such.Record")) {
      Buffer wire = wire(name, new byte[] {(byte) 0xa0});
      assertThrows(IllegalArgumentException.class, () -> CODEC.decodeFromWire(0, wire), name);
    }
  }

  @Test
  void aRecordThatDoesNotFitItsClassIsRefused() {
    Buffer wire = wire(Cancel.class.getName(), Wire.encode(Caller.NOBODY));
    assertThrows(IllegalArgumentException.class, () -> CODEC.decodeFromWire(0, wire));
  }

  @Test
  void aMessageIsReadFromTheMiddleOfABuffer() {
    Buffer wire = Buffer.buffer("before");
    CODEC.encodeToWire(wire, new Cancel("id"));
    assertEquals(new Cancel("id"), CODEC.decodeFromWire(6, wire));
  }

  private static Call call(Params params, Deadline deadline) {
    return new Call(
        "id",
        "getClips",
        params,
        Body.json(Map.of("a", 1)),
        new Caller(
            "user",
            "s1",
            "premium",
            Set.of("admin"),
            Set.of("read"),
            new Peer("::1", "curl"),
            "the token"),
        Trace.begin("request"),
        Priority.HIGH,
        deadline,
        Wish.NONE);
  }

  private static Object cross(Object message) {
    Buffer wire = Buffer.buffer();
    CODEC.encodeToWire(wire, message);
    return CODEC.decodeFromWire(0, wire);
  }

  private static Buffer wire(String type, byte[] content) {
    byte[] name = type.getBytes(StandardCharsets.UTF_8);
    return Buffer.buffer()
        .appendInt(name.length)
        .appendBytes(name)
        .appendInt(content.length)
        .appendBytes(content);
  }
}
