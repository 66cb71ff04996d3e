package dev.sluice.prove;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.prove.Figures.say;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.harness.Wire;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Clients that hear a channel of 1 MB a second and read nothing of it, sockets and streams: what
 * each holds of the gateway's memory, that it is closed, and what others notice.
 */
final class SlowSockets {
  private static final String CHANNEL = "proof:flood";
  private static final int STALLED = 50;
  private static final int LISTENERS = 10;
  private static final int PAUSE_MILLIS = 10;
  private static final int EVENT = 10_000; // bytes, 100 a second
  private static final int SECONDS = 10;
  private static final int MOST_SECONDS = 60;
  private static final double MOST_MIB = 1;

  private final Vertx vertx;
  private final Node node;
  private final String token;
  private final List<WebSocket> listeners = new ArrayList<>();
  private volatile Figures figures = new Figures("warming");

  SlowSockets(Vertx vertx, Node node, String token) {
    this.vertx = vertx;
    this.node = node;
    this.token = token;
  }

  boolean holds() throws Exception {
    var client = vertx.createWebSocketClient();
    WebSocketConnectOptions wish =
        new WebSocketConnectOptions()
            .setHost("127.0.0.1")
            .setPort(node.port())
            .setURI("/api/ws")
            .addHeader("Authorization", "Bearer " + token);
    for (int i = 0; i < LISTENERS; i++) listeners.add(await(client.connect(wish)));
    for (WebSocket one : listeners) {
      one.textMessageHandler(this::hear);
      one.writeTextMessage(frame("SUBSCRIBE", new JsonObject().put("channel", CHANNEL)));
    }
    WebSocket publisher = await(client.connect(wish));
    long timer = vertx.setPeriodic(PAUSE_MILLIS, t -> publisher.writeTextMessage(event()));
    TimeUnit.SECONDS.sleep(SECONDS);
    Figures without = measured("without");
    double before = memory("without");
    List<Socket> stalled = new ArrayList<>();
    for (int i = 0; i < STALLED; i++) stalled.add(stall(i));
    Figures with = measured("with %d that read nothing".formatted(STALLED));
    double each = (memory("with them") - before) / STALLED;
    say("latency p99 with them: %.2f of that without", with.millis(0.99) / without.millis(0.99));
    boolean closed = areClosed(stalled);
    vertx.cancelTimer(timer);
    for (Socket one : stalled) one.close();
    say("%.2f MiB each, promised %.0f; all closed: %b", each, MOST_MIB, closed);
    return each < MOST_MIB && closed;
  }

  private Figures measured(String what) throws InterruptedException {
    Figures now = new Figures(what);
    figures = now;
    TimeUnit.SECONDS.sleep(SECONDS);
    figures = new Figures("between");
    now.print();
    return now;
  }

  private void hear(String text) {
    int at = text.indexOf("\"at\":");
    if (at < 0) return;
    figures.add(System.nanoTime() - Long.parseLong(text, at + 5, text.indexOf(',', at), 10));
  }

  private static String event() {
    JsonObject data = new JsonObject().put("at", System.nanoTime()).put("text", "x".repeat(EVENT));
    return frame(
        "PUBLISH", new JsonObject().put("channel", CHANNEL).put("event", "X").put("data", data));
  }

  private static String frame(String type, JsonObject said) {
    return new JsonObject().put("type", type).put("data", said).encode();
  }

  /** Every other a socket, the others streams; has read that it listens, and reads no more. */
  private Socket stall(int index) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(new InetSocketAddress("127.0.0.1", node.port()));
    String upgrade =
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    boolean stream = index % 2 == 1;
    String target = stream ? "/api/notifications/stream?channel=" + CHANNEL : "/api/ws";
    String head =
        "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n";
    socket.getOutputStream().write((head + (stream ? "" : upgrade) + "\r\n").getBytes(ISO_8859_1));
    StringBuilder answer = new StringBuilder();
    InputStream in = socket.getInputStream();
    while (answer.indexOf("\r\n\r\n") < 0) answer.append((char) in.read());
    if (!answer.toString().startsWith(stream ? "HTTP/1.1 200" : "HTTP/1.1 101")) {
      throw new IOException(answer.toString());
    }
    String wish = frame("SUBSCRIBE", new JsonObject().put("channel", CHANNEL));
    if (!stream) socket.getOutputStream().write(Wire.text(wish));
    return socket;
  }

  /** MiB of heap after a collection, and of what is beside the heap. */
  private double memory(String when) throws Exception {
    double heap = Vitals.heap(node.pid());
    double rss = Vitals.rss(node.pid());
    say("%-22s RSS %6.1f MiB   heap %6.1f", when, rss, heap);
    return rss + heap; // the heap's own pages have all been touched from the start
  }

  /** Whether the gateway ends all of them; they are read now, so that it can be seen. */
  private boolean areClosed(List<Socket> stalled) throws Exception {
    TimeUnit.SECONDS.sleep(MOST_SECONDS - SECONDS);
    int streams = 0;
    int sockets = 0;
    for (int i = 0; i < stalled.size(); i++) {
      if (ends(stalled.get(i))) continue;
      if (i % 2 == 1) streams++;
      else sockets++;
    }
    say("after %d s still open: %d sockets, %d streams", MOST_SECONDS, sockets, streams);
    return sockets + streams == 0;
  }

  private static boolean ends(Socket socket) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
    try {
      socket.setSoTimeout(1000);
      byte[] some = new byte[65536];
      while (System.nanoTime() < end) if (socket.getInputStream().read(some) < 0) return true;
      return false;
    } catch (java.net.SocketTimeoutException open) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }
}
