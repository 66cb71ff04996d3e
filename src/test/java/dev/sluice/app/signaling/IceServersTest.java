package dev.sluice.app.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.app.signaling.SignalingSettings.Turn;
import dev.sluice.conf.Size;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The servers that peers are given, and what they are known by there. */
class IceServersTest {
  private static final String USER = "506f3ec2-0b2c-4f0a-8b1a-3a5d2c7e9f10";

  /** The sum is of openssl: printf … | openssl dgst -sha1 -hmac north -binary | base64. */
  @Test
  void turnCredentialsAreThoseThatCoturnExpects() {
    Turn turn = new Turn(List.of("turn:t.example.com"), "north", Duration.ofHours(1));
    JsonArray given =
        IceServers.of(
            settings(List.of("stun:s.example.com"), turn),
            USER,
            Instant.ofEpochSecond(1433895918 - 3600));
    assertEquals(
        new JsonArray()
            .add(new JsonObject().put("urls", new JsonArray().add("stun:s.example.com")))
            .add(
                new JsonObject()
                    .put("urls", new JsonArray().add("turn:t.example.com"))
                    .put("username", "1433895918:" + USER)
                    .put("credential", "FvKzIym0NdodOYLmTeQaotrBy3o=")),
        given);
  }

  @Test
  void withoutServersNoneAreGiven() {
    Turn none = new Turn(List.of(), "", Duration.ofHours(1));
    assertEquals(new JsonArray(), IceServers.of(settings(List.of(), none), USER, Instant.now()));
  }

  @Test
  void whatCannotWorkIsRefusedAndTheSecretIsNotShown() {
    List<String> urls = List.of("turn:t.example.com");
    Duration hour = Duration.ofHours(1);
    assertThrows(IllegalArgumentException.class, () -> new Turn(urls, "", hour));
    assertThrows(IllegalArgumentException.class, () -> new Turn(List.of("t:3478"), "x", hour));
    assertThrows(IllegalArgumentException.class, () -> new Turn(urls, "x", Duration.ZERO));
    Turn turn = new Turn(urls, "north", hour);
    assertThrows(IllegalArgumentException.class, () -> settings(List.of("turn:x"), turn));
    assertFalse(settings(List.of(), turn).toString().contains("north"));
  }

  private static SignalingSettings settings(List<String> stun, Turn turn) {
    Duration day = Duration.ofDays(1);
    Duration half = Duration.ofSeconds(30);
    return new SignalingSettings(16, 20, 4, day, half, half, new Size(4096), stun, turn);
  }
}
