package dev.sluice.push;

import dev.sluice.bus.Event;
import io.vertx.core.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a browser is told of an event. */
final class Payload {
  /** Push services take 4096 bytes, of which encryption has 103 (RFC 8291 §4). */
  static final int MOST_BYTES = 3993;

  private static final int TOPIC_BYTES = 24; // 32 characters (RFC 8030 §5.4)

  private Payload() {}

  /**
   * {@code {id, type, data, at}}; where that is too long, {@code truncated} in place of data.
   * Throws {@link IllegalArgumentException} where even that is.
   */
  static String of(Event event) {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("id", event.id());
    payload.put("type", event.type());
    payload.put("data", event.data());
    payload.put("at", event.at().toString());
    String whole = Json.encode(payload);
    if (bytes(whole) <= MOST_BYTES) return whole;
    payload.remove("data");
    payload.put("truncated", true);
    String cut = Json.encode(payload);
    if (bytes(cut) <= MOST_BYTES) return cut;
    throw new IllegalArgumentException(
        "the id of an event of type " + event.type() + " is too long");
  }

  /** The same for all events of a type that a user has. */
  static String topic(Event event) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((event.type() + '\0' + event.owner()).getBytes(StandardCharsets.UTF_8));
      byte[] part = Arrays.copyOf(digest.digest(), TOPIC_BYTES);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(part);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JRE has it
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
