package dev.sluice.prove;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Hears a channel, leaves at random moments, and goes on at any node behind what it heard last:
 * every other by a socket, the others by server-sent events. Its context is its own.
 */
final class Listener {
  private static final long PAUSE_MILLIS = 200;
  private static final int LONGEST = 4000; // events between two times of leaving

  private final Means means;
  private final int index;
  private final Random random;
  private long[] heard;
  private volatile int count;
  private volatile boolean there;
  private volatile int returns;
  private volatile int resyncs;
  private volatile boolean over;
  private String last;
  private int turn; // of its connections; what comes by an earlier one is not heard
  private int until; // so many events it stays
  private Runnable hangUp = () -> {};

  /** What listeners share; the ports are those of the nodes. */
  record Means(
      Vertx vertx,
      HttpClient http,
      WebSocketClient sockets,
      String token,
      int[] ports,
      String channel) {}

  Listener(Means means, int index, int events) {
    this.means = means;
    this.index = index;
    this.random = new Random(index);
    this.heard = new long[events + events / 8];
  }

  static HttpClientOptions options() {
    return new HttpClientOptions().setKeepAlive(false).setConnectTimeout(5000);
  }

  static PoolOptions pool(int listeners) {
    return new PoolOptions().setHttp1MaxSize(2 * listeners);
  }

  void begin() {
    means.vertx.getOrCreateContext().runOnContext(x -> connect());
  }

  private void connect() {
    if (over) return;
    int mine = ++turn;
    until = count + 1 + random.nextInt(LONGEST);
    int port = means.ports[random.nextInt(means.ports.length)];
    if (index % 2 == 0) openSocket(mine, port);
    else openStream(mine, port);
  }

  private void openSocket(int mine, int port) {
    means
        .sockets
        .connect(
            new WebSocketConnectOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI("/api/ws")
                .addHeader("Authorization", "Bearer " + means.token))
        .onFailure(refused -> comeBack(mine))
        .onSuccess(socket -> listen(mine, socket));
  }

  private void listen(int mine, WebSocket socket) {
    hangUp = random.nextBoolean() ? socket::close : socket::shutdown;
    socket.closeHandler(closed -> comeBack(mine));
    socket.exceptionHandler(broken -> comeBack(mine));
    socket.textMessageHandler(
        text -> {
          if (mine != turn) return;
          if (text.startsWith("{\"type\":\"SAID\"")) {
            event(mine, text, text(text, "\"id\":\""));
          } else {
            JsonObject said = new JsonObject(text);
            if (said.getString("type").equals("RESYNC")) resyncs++;
            if (!said.getString("type").equals("SUBSCRIBED")) return;
            if (last == null) last = said.getJsonObject("data").getString("last");
            there = true;
          }
        });
    JsonObject wish = new JsonObject().put("channel", means.channel);
    if (last != null) wish.put("after", last);
    socket.writeTextMessage(new JsonObject().put("type", "SUBSCRIBE").put("data", wish).encode());
  }

  private void openStream(int mine, int port) {
    RequestOptions wish =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI("/api/notifications/stream?channel=" + means.channel)
            .addHeader("Authorization", "Bearer " + means.token);
    if (last != null) wish.addHeader("Last-Event-ID", last);
    means
        .http
        .request(wish)
        .compose(
            request -> {
              hangUp = () -> request.connection().close();
              return request.send();
            })
        .onFailure(refused -> comeBack(mine))
        .onSuccess(
            answer -> {
              if (answer.statusCode() != 200) {
                comeBack(mine);
                return;
              }
              RecordParser lines = RecordParser.newDelimited("\n", line -> line(mine, line));
              answer.handler(lines);
              answer.exceptionHandler(broken -> comeBack(mine));
              answer.endHandler(ended -> comeBack(mine));
            });
  }

  private String pending; // the id that stands before the data

  private void line(int mine, Buffer line) {
    if (mine != turn) return;
    String text = line.toString();
    if (text.startsWith("id: ")) {
      pending = text.substring(4);
    } else if (text.startsWith("data: ")) {
      if (text.contains("\"type\":\"RESYNC\"")) resyncs++;
      else event(mine, text, pending);
    } else if (text.isEmpty() && pending != null) {
      last = pending;
      there = true;
    }
  }

  private void event(int mine, String text, String id) {
    int at = text.indexOf("\"n\":") + 4;
    int end = at;
    while (Character.isDigit(text.charAt(end))) end++;
    if (count == heard.length) heard = Arrays.copyOf(heard, 2 * count);
    heard[count] = Long.parseLong(text, at, end, 10);
    last = id;
    count++;
    if (count < until) return;
    hangUp.run();
    comeBack(mine);
  }

  private static String text(String frame, String behind) {
    int at = frame.indexOf(behind) + behind.length();
    return frame.substring(at, frame.indexOf('"', at));
  }

  private void comeBack(int mine) {
    if (mine != turn || over) return;
    turn++;
    pending = null;
    returns++;
    means.vertx.setTimer(1 + random.nextInt((int) PAUSE_MILLIS), again -> connect());
  }

  void leave() {
    over = true;
    hangUp.run();
  }

  boolean isThere() {
    return there;
  }

  int count() {
    return count;
  }

  int returns() {
    return returns;
  }

  int resyncs() {
    return resyncs;
  }

  /** Where it has heard anything else; null where it has not. */
  String difference(List<Long> truth) {
    int all = count;
    for (int i = 0; i < Math.max(all, truth.size()); i++) {
      boolean same = i < all && i < truth.size() && heard[i] == truth.get(i);
      if (same) continue;
      return "listener %d differs at %d of %d: heard %s, told %s"
          .formatted(
              index,
              i,
              all,
              i < all ? heard[i] : "nothing",
              i < truth.size() ? truth.get(i) : "nothing");
    }
    return null;
  }
}
