package dev.sluice.app.signaling;

import dev.sluice.app.Engine;
import dev.sluice.realtime.channel.ChannelName;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells peers of events, each on a channel of its own: {@code peer:<room>.<peer>}. */
final class Telling {
  /** What channels of peers begin with. */
  static final String KIND = "peer";

  private static final Logger LOG = LoggerFactory.getLogger(Telling.class);

  /** So long may one that has left, or was put out, hear of the last that was told to it. */
  private static final Duration FADING = Duration.ofMinutes(1);

  private final Engine engine;

  Telling(Engine engine) {
    this.engine = engine;
  }

  static String channel(String room, String peer) {
    return KIND + ":" + room + "." + peer;
  }

  /** The room and the peer of a channel; null where it is none. */
  static String[] parts(String channel) {
    String[] parts = ChannelName.rest(channel).split("\\.", -1);
    return parts.length == 2 && !parts[0].isEmpty() && !parts[1].isEmpty() ? parts : null;
  }

  /** Fails where the peer cannot be told, as with what is too large. */
  Future<?> tell(String room, String peer, String type, JsonObject event) {
    return engine.channels().publish(channel(room, peer), type, event);
  }

  private Future<?> tellOrWarn(String room, String peer, String type, JsonObject event) {
    return tell(room, peer, type, event)
        .onFailure(e -> LOG.warn("a peer is not told {}: {}", type, e.getMessage()));
  }

  void joined(String room, JsonArray others, JsonObject peer) {
    JsonObject event = peer.copy().put("roomId", room);
    for (Object other : others) {
      tellOrWarn(room, ((JsonObject) other).getString("peerId"), "PEER_JOINED", event);
    }
  }

  /** A peer has left a room, of which {@code told} are left. */
  void left(String room, String peer, JsonObject departed, String reason) {
    JsonObject event =
        new JsonObject().put("roomId", room).put("peerId", peer).put("reason", reason);
    for (String other : told(departed)) tellOrWarn(room, other, "PEER_LEFT", event);
    tellOrWarn(room, peer, "PEER_LEFT", event) // it may still listen, on another socket
        .onComplete(done -> fade(room, peer));
  }

  /** A room is no more. */
  void closed(String room, JsonObject gone, String reason) {
    JsonObject event = new JsonObject().put("roomId", room).put("reason", reason);
    for (String peer : told(gone)) {
      tellOrWarn(room, peer, "ROOM_CLOSED", event).onComplete(done -> fade(room, peer));
    }
  }

  private void fade(String room, String peer) {
    engine
        .channels()
        .fade(channel(room, peer), FADING)
        .onFailure(e -> LOG.warn("a history stays for longer: {}", e.getMessage()));
  }

  /** An empty list of Lua's is an empty object. */
  static JsonArray list(JsonObject given, String name) {
    return given.getValue(name) instanceof JsonArray array ? array : new JsonArray();
  }

  private static List<String> told(JsonObject given) {
    return list(given, "told").stream().map(String.class::cast).toList();
  }
}
