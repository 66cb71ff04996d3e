package dev.sluice.app.signaling;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.identity.signin.Passwords;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.function.Supplier;

/** Rooms: who makes them, who is in them, and how both end. */
final class RoomOperations {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int ID_BYTES = 16;
  private static final int TRIES = 10; // of a user at a room's password
  private static final Duration TRIES_WINDOW = Duration.ofMinutes(15);

  private final Engine engine;
  private final Supplier<Script> rooms;
  private final Telling telling;

  RoomOperations(Engine engine, Supplier<Script> rooms) {
    this.engine = engine;
    this.rooms = rooms;
    this.telling = new Telling(engine);
  }

  Map<String, Handler> handlers() {
    return Map.of(
        "createRoom", this::createRoom,
        "joinRoom", this::joinRoom,
        "heartbeat", this::heartbeat,
        "leaveRoom", this::leaveRoom,
        "listRooms", this::listRooms);
  }

  private SignalingSettings settings() {
    return SignalingApp.settings(engine).get();
  }

  private Passwords passwords() {
    return engine.identity().passwords();
  }

  private Future<Reply> createRoom(Call call) {
    JsonObject asked = call.body().isEmpty() ? new JsonObject() : call.body().object();
    SignalingSettings now = settings();
    int capacity = asked.getInteger("capacity", now.capacity());
    if (capacity > now.capacity()) {
      throw Failure.invalid("capacity", "may be " + now.capacity() + " at most", capacity);
    }
    Duration lifetime = Duration.ofSeconds(asked.getLong("lifetime", now.lifetime().toSeconds()));
    if (lifetime.compareTo(now.lifetime()) > 0) {
      String most = "may be " + now.lifetime().toSeconds() + " s at most";
      throw Failure.invalid("lifetime", most, lifetime.toSeconds());
    }
    String user = call.caller().subject();
    String password = asked.getString("password");
    JsonObject peer = peer(call, asked.getString("peerName"));
    return (password == null ? Future.succeededFuture("") : passwords().hash(user, password))
        .compose(
            hash ->
                rooms
                    .get()
                    .run(
                        "create",
                        id(),
                        user,
                        asked.getString("name", ""),
                        capacity,
                        asked.getBoolean("public", false) ? 1 : 0,
                        hash,
                        lifetime.toMillis(),
                        now.perUser(),
                        peer.getString("peerId"),
                        peer.getString("name", "")))
        .map(made -> Reply.of(201, Body.json(entered(call, made, peer))))
        .map(RoomOperations::unstored);
  }

  private Future<Reply> joinRoom(Call call) {
    JsonObject asked = call.body().object();
    String room = asked.getString("roomId");
    String user = call.caller().subject();
    JsonObject peer = peer(call, asked.getString("name"));
    return rooms
        .get()
        .run("lock", room, user, TRIES, TRIES_WINDOW.toMillis())
        .compose(
            lock ->
                lock.getBoolean("free")
                    ? Future.succeededFuture(lock.getString("hash"))
                    : opened(user, asked.getString("password"), lock.getString("hash")))
        .compose(
            hash ->
                rooms
                    .get()
                    .run(
                        "join",
                        room,
                        user,
                        peer.getString("peerId"),
                        peer.getString("name", ""),
                        hash,
                        settings().perRoom()))
        .map(
            joined -> {
              telling.joined(room, Telling.list(joined, "peers"), peer);
              return unstored(Reply.json(entered(call, joined, peer)));
            });
  }

  private Future<String> opened(String user, String password, String hash) {
    if (password == null) return Future.failedFuture(Refusals.wrongPassword());
    return passwords()
        .isOf(user, password, hash)
        .compose(
            is ->
                is ? Future.succeededFuture(hash) : Future.failedFuture(Refusals.wrongPassword()));
  }

  private Future<Reply> heartbeat(Call call) {
    JsonObject asked = call.body().object();
    String room = asked.getString("roomId");
    return rooms
        .get()
        .run("heartbeat", room, call.caller().subject(), asked.getString("peerId", ""))
        .map(
            heard -> {
              JsonObject said =
                  RoomView.of(heard.getJsonObject("room"))
                      .put("peerId", heard.getString("peerId"))
                      .put("heartbeatMs", heartbeatMs());
              if (asked.getBoolean("iceServers", false)) said.put("iceServers", iceServers(call));
              return unstored(Reply.json(said));
            });
  }

  private Future<Reply> leaveRoom(Call call) {
    JsonObject asked = call.body().object();
    String room = asked.getString("roomId");
    String user = call.caller().subject();
    if (asked.getBoolean("close", false)) {
      return rooms
          .get()
          .run("close", room, user)
          .map(
              gone -> {
                telling.closed(room, gone, "closed");
                return unstored(
                    Reply.json(new JsonObject().put("roomId", room).put("closed", true)));
              });
    }
    return rooms
        .get()
        .run("leave", room, user, asked.getString("peerId", ""))
        .map(
            gone -> {
              String peer = gone.getString("peerId");
              telling.left(room, peer, gone, "left");
              JsonObject said = new JsonObject().put("roomId", room).put("peerId", peer);
              return unstored(Reply.json(said.put("left", true)));
            });
  }

  private Future<Reply> listRooms(Call call) {
    String user = call.caller().subject();
    String[] after = RoomView.after(call.params().text("cursor"));
    return rooms
        .get()
        .run(
            "list",
            call.params().flag("mine") ? user : "",
            after[0],
            after[1],
            call.params().integer("limit", 50))
        .map(
            found -> {
              JsonArray shown = new JsonArray();
              for (Object one : Telling.list(found, "rooms")) {
                JsonObject room = (JsonObject) one;
                shown.add(RoomView.of(room).put("own", user.equals(room.getString("ownerId"))));
              }
              JsonObject page = new JsonObject().put("rooms", shown);
              String next = found.getString("next");
              if (next != null) page.put("nextCursor", RoomView.cursor(next));
              return unstored(Reply.json(page));
            });
  }

  private static JsonObject peer(Call call, String name) {
    JsonObject peer = new JsonObject().put("peerId", id()).put("userId", call.caller().subject());
    return name == null ? peer : peer.put("name", name);
  }

  /** What who has come into a room is told. */
  private JsonObject entered(Call call, JsonObject given, JsonObject peer) {
    String own = peer.getString("peerId");
    JsonObject room = given.getJsonObject("room");
    return RoomView.of(room)
        .put("peerId", own)
        .put("channel", Telling.channel(room.getString("roomId"), own))
        .put("peers", RoomView.peers(Telling.list(given, "peers")))
        .put("iceServers", iceServers(call))
        .put("heartbeatMs", heartbeatMs());
  }

  private JsonArray iceServers(Call call) {
    return IceServers.of(settings(), call.caller().subject(), Instant.now());
  }

  /** Three within the time after which a silent peer has left: two may be lost. */
  private long heartbeatMs() {
    return settings().heartbeat().toMillis() / 3;
  }

  private static String id() {
    byte[] bytes = new byte[ID_BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static Reply unstored(Reply reply) {
    return reply.with("cache-control", "no-store");
  }
}
