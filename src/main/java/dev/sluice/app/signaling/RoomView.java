package dev.sluice.app.signaling;

import dev.sluice.call.Failure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/** Rooms as clients see them. */
final class RoomView {
  private static final String[] FIRST = {"", ""};

  private RoomView() {}

  /** Of what {@code rooms.lua} says of a room. */
  static JsonObject of(JsonObject room) {
    JsonObject shown =
        new JsonObject()
            .put("roomId", room.getString("roomId"))
            .put("ownerId", room.getString("ownerId"))
            .put("capacity", room.getInteger("capacity"))
            .put("peerCount", room.getInteger("count"))
            .put("public", room.getBoolean("public"))
            .put("locked", room.getBoolean("locked"))
            .put("createdAt", Instant.ofEpochMilli(room.getLong("created")).toString())
            .put("expiresAt", Instant.ofEpochMilli(room.getLong("expires")).toString());
    String name = room.getString("name");
    return name == null ? shown : shown.put("name", name);
  }

  static JsonArray peers(JsonArray kept) {
    JsonArray shown = new JsonArray();
    for (Object one : kept) {
      JsonObject peer = ((JsonObject) one).copy();
      peer.remove("seq");
      shown.add(peer);
    }
    return shown;
  }

  static String cursor(String last) {
    byte[] bytes = last.getBytes(StandardCharsets.US_ASCII);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** When the last room of the page before was made, and its id. Throws VALIDATION_ERROR. */
  static String[] after(String cursor) {
    if (cursor == null) return FIRST.clone();
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
      if (text.matches("[0-9]{1,16} [A-Za-z0-9_-]{22}")) return text.split(" ");
    } catch (IllegalArgumentException e) {
      // as any other text that is none
    }
    throw Failure.invalid("cursor", "is no nextCursor of a page before", null);
  }
}
