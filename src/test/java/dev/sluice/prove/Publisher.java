package dev.sluice.prove;

import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Publishes every other number through one node, and hears the channel there too. What was under
 * way when the node went away is published again if it does not come by the channel: the publisher
 * listens on from what it heard last to a mark of its own, behind which nothing of the former
 * process can stand.
 */
final class Publisher {
  private static final int WINDOW = 64;
  private static final long PAUSE_MILLIS = 10; // 200 a second of two
  private static final long MARK = 1_000_000_000L;

  private final Listener.Means means;
  private final int first;
  private final int most;
  private final int port;
  private final Vertx vertx;
  private final Set<Long> open = new LinkedHashSet<>(); // not known to be published
  private WebSocket socket;
  private String last;
  private long mark = MARK;
  private boolean recovering;
  private int next;
  private volatile int published;
  private volatile int again;
  private volatile String wrong;

  /** {@code first} is its first number, and says which of two it is. */
  Publisher(Listener.Means means, int first, int most, int port) {
    this.means = means;
    this.first = first;
    this.most = most;
    this.port = port;
    this.vertx = means.vertx();
  }

  void begin() {
    vertx
        .getOrCreateContext()
        .runOnContext(
            x -> {
              connect();
              vertx.setPeriodic(PAUSE_MILLIS, t -> publishNext());
            });
  }

  private void connect() {
    means
        .sockets()
        .connect(
            new WebSocketConnectOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI("/api/ws")
                .addHeader("Authorization", "Bearer " + means.token()))
        .onFailure(away -> vertx.setTimer(100, t -> connect()))
        .onSuccess(this::listen);
  }

  private void listen(WebSocket fresh) {
    fresh.textMessageHandler(this::hear);
    fresh.closeHandler(
        gone -> {
          socket = null;
          connect();
        });
    JsonObject wish = new JsonObject().put("channel", means.channel());
    if (last != null) wish.put("after", last);
    send(fresh, "SUBSCRIBE", wish.put("requestId", "s"));
    recovering = !open.isEmpty();
    if (recovering) publish(fresh, mark += 2);
    socket = fresh;
  }

  private void publishNext() {
    if (socket == null || recovering || next == most || open.size() >= WINDOW) return;
    long n = 2L * next++ + first;
    open.add(n);
    publish(socket, n);
  }

  private void publish(WebSocket to, long n) {
    JsonObject event = new JsonObject().put("channel", means.channel()).put("event", "SAID");
    event.put("data", new JsonObject().put("n", n)).put("requestId", Long.toString(n));
    send(to, "PUBLISH", event);
  }

  private static void send(WebSocket to, String type, JsonObject said) {
    Object id = said.remove("requestId");
    to.writeTextMessage(
        new JsonObject().put("type", type).put("requestId", id).put("data", said).encode());
  }

  private void hear(String text) {
    JsonObject frame = new JsonObject(text);
    switch (frame.getString("type")) {
      case "SAID" -> {
        last = frame.getString("id");
        heard(frame.getJsonObject("data").getLong("n"));
      }
      case "SUBSCRIBED" -> {
        if (last == null) last = frame.getJsonObject("data").getString("last");
      }
      case "PUBLISHED" -> known(Long.parseLong(frame.getString("requestId")));
      default -> wrong = text;
    }
  }

  private void heard(long n) {
    known(n);
    if (!recovering || n != mark) return;
    recovering = false;
    for (long lost : List.copyOf(open)) {
      again++;
      publish(socket, lost);
    }
  }

  private void known(long n) {
    if (open.remove(n)) published++;
  }

  int published() {
    return published;
  }

  /** How many were published again. */
  int again() {
    return again;
  }

  /** What it was sent that it did not expect; null where all was well. */
  String wrong() {
    return wrong;
  }

  boolean isDone() {
    return published == most;
  }
}
