package dev.sluice.prove;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.prove.Figures.say;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.identity.Person;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One channel on two nodes, of which one ends in order and is killed while events are published
 * through both; its listeners come and go. All hear the same, nothing is lost, and nothing is there
 * twice. Then some read nothing.
 */
final class Sockets implements Prove.Proof {
  static final String YAML =
      """
      channels:
        history: 1000000
        historySize: 64MiB
        kinds: { proof: { subscribe: ["*"], publish: ["*"] } }
      sockets: { messages: 100000, burst: 100000, slow: 15s }
      store: { redisTimeout: 2s }
      """;
  private static final String CHANNEL = "proof:all";
  private static final int LISTENERS = 200;
  private static final long HANG_SECONDS = 120;

  private final int events;
  private final Vertx vertx = Vertx.vertx();
  private final List<Listener> listeners = new ArrayList<>();

  Sockets(int events) {
    this.events = events / 2 * 2;
  }

  @Override
  public boolean holds() throws Exception {
    Map<String, String> settings =
        Map.of(
            "SLUICE_APPS", "identity,traffic,realtime",
            "SLUICE_SERVER_DRAINTIMEOUT", "1s");
    try (RunningGateway lasting = new RunningGateway(settings, YAML);
        Node mortal = new Node(lasting)) {
      Person ada = Person.signedIn(lasting, "ada@example.com");
      boolean same = hearTheSame(lasting, mortal, ada.accessToken);
      return new SlowSockets(vertx, mortal, ada.accessToken).holds() && same;
    } finally {
      await(vertx.close());
    }
  }

  private boolean hearTheSame(RunningGateway lasting, Node mortal, String token) throws Exception {
    HttpClient http = vertx.createHttpClient(Listener.options(), Listener.pool(LISTENERS));
    WebSocketClient sockets =
        vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(LISTENERS * 2));
    Listener.Means means =
        new Listener.Means(
            vertx, http, sockets, token, new int[] {lasting.port(), mortal.port()}, CHANNEL);
    for (int i = 0; i < LISTENERS; i++) listeners.add(new Listener(means, i, events));
    listeners.forEach(Listener::begin);
    until("all listen", () -> listeners.stream().allMatch(Listener::isThere));
    Publisher steady = new Publisher(means, 0, events / 2, lasting.port());
    Publisher shaken = new Publisher(means, 1, events / 2, mortal.port());
    long began = System.nanoTime();
    steady.begin();
    shaken.begin();
    for (int kill = 1; kill <= 2; kill++) {
      int goal = events / 2 * kill / 3;
      until("some are published", () -> shaken.published() >= goal);
      say("%6d events told; %s", told(lasting), kill == 1 ? "SIGTERM" : "kill -9");
      if (kill == 1) mortal.end();
      else mortal.kill();
      mortal.start();
      say("%6d events told; the node is back", told(lasting));
    }
    until("all are published", () -> steady.isDone() && shaken.isDone());
    double seconds = (System.nanoTime() - began) / 1e9;
    List<Long> truth = truth(lasting);
    boolean caughtUp = waitFor(() -> listeners.stream().allMatch(l -> l.count() >= truth.size()));
    listeners.forEach(Listener::leave);
    say(
        "%d events told in %.0f s; all listeners have caught up: %b",
        truth.size(), seconds, caughtUp);
    say("published again, for nobody knew: %d", steady.again() + shaken.again());
    String wrong = steady.wrong() == null ? shaken.wrong() : steady.wrong();
    if (wrong != null) say("a publisher was sent %s", wrong);
    return isRight(truth) && caughtUp && wrong == null;
  }

  private boolean isRight(List<Long> truth) {
    Set<Long> once = new HashSet<>(truth);
    long lost = 0;
    for (long n = 0; n < events; n++) if (!once.contains(n)) lost++;
    int returns = 0;
    int differ = 0;
    int resyncs = 0;
    for (Listener listener : listeners) {
      returns += listener.returns();
      resyncs += listener.resyncs();
      String difference = listener.difference(truth);
      if (difference != null && differ++ < 5) say("%s", difference);
    }
    say(
        "in the history: %d lost, %d twice; %d listeners came back %d times: %d heard anything else,"
            + " %d were told that something is lost",
        lost, truth.size() - once.size(), LISTENERS, returns, differ, resyncs);
    return lost == 0 && truth.size() == once.size() && differ == 0 && resyncs == 0;
  }

  private long told(RunningGateway gateway) {
    return ask(gateway, Request.cmd(Command.XLEN).arg("sluice:channel:" + CHANNEL)).toLong();
  }

  /** What the history has, by the numbers of events. */
  private List<Long> truth(RunningGateway gateway) {
    List<Long> numbers = new ArrayList<>();
    String key = "sluice:channel:" + CHANNEL;
    for (Response entry : ask(gateway, Request.cmd(Command.XRANGE).arg(key).arg("-").arg("+"))) {
      Response fields = entry.get(1);
      for (int i = 0; i < fields.size(); i += 2) {
        if (!fields.get(i).toString().equals("d")) continue;
        numbers.add(new JsonObject(fields.get(i + 1).toString()).getLong("n"));
      }
    }
    return numbers;
  }

  private Response ask(RunningGateway gateway, Request request) {
    Redis redis = Redis.createClient(vertx, Sql.redisUri(gateway));
    try {
      return await(redis.send(request));
    } finally {
      redis.close();
    }
  }

  private static void until(String what, BooleanSupplier condition) throws InterruptedException {
    if (!waitFor(condition)) throw new AssertionError("not so after long: " + what);
  }

  private static boolean waitFor(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(HANG_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) return false;
      Thread.sleep(20);
    }
    return true;
  }
}
