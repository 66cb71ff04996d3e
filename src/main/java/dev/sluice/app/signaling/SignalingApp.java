package dev.sluice.app.signaling;

import dev.sluice.app.App;
import dev.sluice.app.Engine;
import dev.sluice.call.Failure;
import dev.sluice.realtime.channel.ChannelKind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Signaling for WebRTC (seed 000). */
public final class SignalingApp implements App {
  public static final String NAME = "signaling";

  private final Map<String, Integer> sockets = new ConcurrentHashMap<>(); // by channel

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Map<String, Handler> handlers(Engine engine) {
    Map<String, Handler> handlers = new HashMap<>();
    handlers.put("signalingSocket", call -> Future.failedFuture(elsewhere()));
    handlers.putAll(new RoomOperations(engine, rooms(engine)).handlers());
    handlers.putAll(new ExchangeOperations(engine, rooms(engine)).handlers());
    return handlers;
  }

  @Override
  public Map<String, ChannelKind> channels(Engine engine) {
    return Map.of(Telling.KIND, new PeerChannels(engine, rooms(engine), sockets));
  }

  @Override
  public Runnable begin(Engine engine, Vertx vertx) {
    Sweeper sweeper = new Sweeper(engine, vertx, rooms(engine).get(), settings(engine), sockets);
    sweeper.begin();
    return sweeper::end;
  }

  /** Asked for with each call: an engine that only checks the contract has no stores. */
  private static Supplier<Script> rooms(Engine engine) {
    return () -> new Script(engine.redis(), settings(engine));
  }

  static Supplier<SignalingSettings> settings(Engine engine) {
    return () -> engine.settings(SignalingSettings.class);
  }

  private static Failure elsewhere() {
    return Failure.of(Failure.Category.VALIDATION, "NOT_A_CALL", "Sockets are opened over HTTP.")
        .suggest("Connect to it with ws:// or wss://.");
  }

  /** A user's rooms are closed, and its peers leave others'. */
  @Override
  public Future<Map<String, Long>> forget(Engine engine, String user) {
    Telling telling = new Telling(engine);
    return rooms(engine)
        .get()
        .run("forget", user)
        .map(
            gone -> {
              JsonArray closed = Telling.list(gone, "closed");
              JsonArray left = Telling.list(gone, "left");
              for (Object one : closed) {
                JsonObject room = (JsonObject) one;
                telling.closed(room.getString("roomId"), room, "closed");
              }
              for (Object one : left) {
                JsonObject peer = (JsonObject) one;
                telling.left(peer.getString("roomId"), peer.getString("peerId"), peer, "left");
              }
              Map<String, Long> counts = new TreeMap<>();
              if (!closed.isEmpty()) counts.put("rooms", (long) closed.size());
              if (!left.isEmpty()) counts.put("peers", (long) left.size());
              return counts;
            });
  }
}
