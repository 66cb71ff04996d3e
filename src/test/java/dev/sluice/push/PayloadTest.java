package dev.sluice.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.bus.Event;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PayloadTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

  private static Event event(String id, String text) {
    return new Event(id, "mail.received", "ada", Map.of("text", text), AT);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  @Test
  void itSaysWhatHasHappened() {
    assertEquals(
        "{\"id\":\"1\",\"type\":\"mail.received\",\"data\":{\"text\":\"hi\"},"
            + "\"at\":\"2026-01-02T03:04:05Z\"}",
        Payload.of(event("1", "hi")));
  }

  @Test
  void asMuchAsFitsIsWhole() {
    int rest = Payload.MOST_BYTES - bytes(Payload.of(event("1", "")));
    String whole = Payload.of(event("1", "x".repeat(rest)));
    assertEquals(Payload.MOST_BYTES, bytes(whole));
    assertTrue(new JsonObject(whole).containsKey("data"));
    JsonObject cut = new JsonObject(Payload.of(event("1", "x".repeat(rest + 1))));
    assertFalse(cut.containsKey("data"));
    assertEquals(true, cut.getBoolean("truncated"));
    assertEquals("mail.received", cut.getString("type"));
  }

  @Test
  void bytesCountNotCharacters() {
    int rest = Payload.MOST_BYTES - bytes(Payload.of(event("1", "")));
    String cut = Payload.of(event("1", "ü".repeat(rest / 2 + 1)));
    assertFalse(new JsonObject(cut).containsKey("data"));
  }

  @Test
  void anIdThatIsTooLongIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Payload.of(event("i".repeat(4000), "")));
  }

  @Test
  void aTopicIsOfItsTypeAndOwner() {
    String topic = Payload.topic(event("1", "a"));
    assertTrue(topic.matches("[A-Za-z0-9_-]{32}"), topic);
    assertEquals(topic, Payload.topic(event("2", "b")));
    assertNotEquals(topic, Payload.topic(new Event("1", "mail.received", "bob", Map.of(), AT)));
    assertNotEquals(topic, Payload.topic(new Event("1", "mail.sent", "ada", Map.of(), AT)));
  }
}
