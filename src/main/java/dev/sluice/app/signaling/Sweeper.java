package dev.sluice.app.signaling;

import dev.sluice.app.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks for the peers that sockets of this node hear for, and tells of those that are silent and
 * of rooms whose time is over. Each node has one; a departure is taken by one of them.
 */
final class Sweeper {
  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
  private static final int MOST = 100; // a run of the script, in which Redis does nothing else
  private static final int BEATS = 500;
  private static final long LONGEST_PAUSE_MILLIS = 500; // told of within 31 s, where silence is 30

  private final Engine engine;
  private final Vertx vertx;
  private final Script rooms;
  private final Supplier<SignalingSettings> settings;
  private final Telling telling;
  private final Map<String, Integer> sockets;
  private final AtomicLong roomCount = new AtomicLong();
  private final AtomicLong peerCount = new AtomicLong();
  private long timer = -1;
  private long quietUntil; // in ns: so long nobody could have been heard
  private long swept; // the last time, by the clock of Redis
  private long nextBeat;
  private boolean ended;

  Sweeper(
      Engine engine,
      Vertx vertx,
      Script rooms,
      Supplier<SignalingSettings> settings,
      Map<String, Integer> sockets) {
    this.engine = engine;
    this.vertx = vertx;
    this.rooms = rooms;
    this.settings = settings;
    this.telling = new Telling(engine);
    this.sockets = sockets;
  }

  void begin() {
    gauge("signaling.rooms", "Rooms, on all nodes", roomCount);
    gauge("signaling.peers", "Peers in rooms, on all nodes", peerCount);
    waitForPeers();
    nextBeat = System.nanoTime();
    next();
  }

  void end() {
    ended = true;
    vertx.cancelTimer(timer);
    roomCount.set(0);
    peerCount.set(0);
  }

  private void next() {
    if (ended) return;
    timer = vertx.setTimer(pause(), t -> turn().onComplete(done -> next()));
  }

  private long pause() {
    return Math.min(LONGEST_PAUSE_MILLIS, settings.get().heartbeat().toMillis() / 4);
  }

  /** After a start or an outage all peers have the time again that they have anyway. */
  private void waitForPeers() {
    quietUntil = System.nanoTime() + settings.get().heartbeat().toNanos();
  }

  private Future<Void> turn() {
    return beat()
        .compose(beaten -> sweep(System.nanoTime() < quietUntil ? 0 : MOST))
        .onFailure(
            e -> {
              LOG.warn("the rooms are not swept: {}", e.getMessage());
              waitForPeers();
            });
  }

  private Future<Void> beat() {
    long now = System.nanoTime();
    if (now < nextBeat) return Future.succeededFuture();
    nextBeat = now + settings.get().heartbeat().toNanos() / 3;
    return beat(PeerChannels.heard(sockets), 0);
  }

  private Future<Void> beat(List<String> peers, int from) {
    if (from >= peers.size()) return Future.succeededFuture();
    int to = Math.min(peers.size(), from + BEATS);
    return rooms.run("beat", peers.subList(from, to).toArray()).compose(beaten -> beat(peers, to));
  }

  /** Of none where {@code most} is 0: it only tells the time, and how many there are. */
  private Future<Void> sweep(int most) {
    long silent = settings.get().heartbeat().toMillis();
    return rooms
        .run("sweep", most, swept, pause() + silent / 2)
        .compose(
            gone -> {
              swept = gone.getLong("now");
              if (gone.getBoolean("late", false)) {
                waitForPeers();
                return Future.succeededFuture();
              }
              tell(gone);
              count(gone);
              boolean more = most > 0 && gone.getBoolean("more");
              return more ? sweep(most) : Future.succeededFuture();
            });
  }

  private void tell(JsonObject swept) {
    for (Object one : Telling.list(swept, "closed")) {
      JsonObject room = (JsonObject) one;
      telling.closed(room.getString("roomId"), room, "expired");
    }
    for (Object one : Telling.list(swept, "left")) {
      JsonObject peer = (JsonObject) one;
      telling.left(peer.getString("roomId"), peer.getString("peerId"), peer, "timeout");
    }
  }

  private void count(JsonObject swept) {
    roomCount.set(swept.getLong("rooms"));
    peerCount.set(swept.getLong("peers"));
  }

  /** In the place of one that was mounted before, and may not have ended yet. */
  private void gauge(String name, String help, AtomicLong value) {
    engine.metrics().removeGauge(name);
    engine.metrics().gauge(name, help, value::get);
  }
}
