package dev.sluice.prove;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.prove.Figures.say;

import dev.sluice.harness.ToyIssuer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Saves of 2 KB by many users at a steady rate, each of the version before; latencies count from
 * when each was due.
 */
final class Saves implements Prove.Proof {
  private static final int PER_SECOND = 500;
  private static final int WARM_SECONDS = 20;
  private static final int USERS = 100;
  private static final int SLOTS = 10; // of each
  private static final int CONNECTIONS = 64;
  private static final String YAML =
      """
      version: 1
      limits: { default: { user: { requests: 6000000, window: 1m } } }
      store: { redisTimeout: 2s }
      identity:
        issuers: { toy: { issuer: "%s", audience: [%s], keysUrl: "%s" } }
      """;

  private final int seconds;
  private final Vertx vertx = Vertx.vertx();
  private final WebClient client =
      WebClient.create(
          vertx, new WebClientOptions(), new PoolOptions().setHttp1MaxSize(CONNECTIONS));
  private final Map<String, Integer> wrong = new TreeMap<>();

  Saves(int seconds) {
    this.seconds = seconds;
  }

  /** A slot of a user; one save of it at a time. */
  private static final class Slot {
    final String token;
    final String name;
    int version;

    Slot(String token, String name) {
      this.token = token;
      this.name = name;
    }
  }

  @Override
  public boolean holds() throws Exception {
    try (ToyIssuer issuer = new ToyIssuer();
        Subject gateway =
            new Subject(
                Memory.settings(),
                YAML.formatted(ToyIssuer.NAME, ToyIssuer.AUDIENCE, issuer.keysUrl()))) {
      Deque<Slot> free = new ArrayDeque<>();
      for (int slot = 0; slot < SLOTS; slot++) {
        for (int user = 0; user < USERS; user++) {
          String token = issuer.token(issuer.claims().put("sub", "user" + user));
          free.add(new Slot(token, "slot " + slot));
        }
      }
      run(gateway, free, PER_SECOND / 2, WARM_SECONDS / 2, "warm");
      run(gateway, free, PER_SECOND, WARM_SECONDS / 2, "warm");
      double before = Vitals.cpu(gateway.process());
      Figures figures = run(gateway, free, PER_SECOND, seconds, PER_SECOND + " saves/s");
      double cpu = (Vitals.cpu(gateway.process()) - before) * 1e6 / (PER_SECOND * seconds);
      figures.print();
      say("CPU of the gateway's process, without PostgreSQL's and Redis': %.0f us a save", cpu);
      say("not as it should be: %s", wrong.isEmpty() ? "none" : wrong);
      say("p99 %.2f ms, promised: under 50", figures.millis(0.99));
      return figures.millis(0.99) < 50 && wrong.isEmpty();
    } finally {
      await(vertx.close());
    }
  }

  private Figures run(Subject gateway, Deque<Slot> free, int rate, int seconds, String what) {
    Figures figures = new Figures(what);
    List<Future<Void>> all = new ArrayList<>();
    long began = System.nanoTime();
    for (long i = 0; i < (long) rate * seconds; i++) {
      long due = began + i * 1_000_000_000L / rate;
      for (long left; (left = due - System.nanoTime()) > 0; ) LockSupport.parkNanos(left);
      Slot slot;
      synchronized (free) {
        slot = free.poll();
      }
      if (slot == null) throw new AssertionError("all slots wait for their answers");
      Buffer body = body(slot, i).toBuffer();
      all.add(
          save(gateway.port(), slot, body)
              .onComplete(
                  done -> {
                    figures.add(System.nanoTime() - due);
                    synchronized (free) {
                      free.add(slot);
                    }
                  }));
    }
    all.forEach(one -> await(one));
    return figures;
  }

  private Future<Void> save(int port, Slot slot, Buffer body) {
    return client
        .request(HttpMethod.POST, port, "127.0.0.1", "/cloud-save/save")
        .bearerTokenAuthentication(slot.token)
        .putHeader("Content-Type", "application/json")
        .sendBuffer(body)
        .map(
            answer -> {
              check(slot, answer);
              return null;
            });
  }

  private void check(Slot slot, HttpResponse<Buffer> answer) {
    int version =
        answer.statusCode() / 100 == 2 ? answer.bodyAsJsonObject().getInteger("version") : 0;
    if (version != slot.version + 1) {
      synchronized (wrong) {
        wrong.merge(answer.statusCode() + " " + answer.bodyAsString(), 1, Integer::sum);
      }
    }
    slot.version = version;
  }

  private static JsonObject body(Slot slot, long number) {
    JsonArray scenes = new JsonArray();
    for (int i = 0; i < 20; i++) {
      scenes.add(
          new JsonObject()
              .put("scene", "Scene " + i)
              .put("source", "camera-" + (number + i) % 7)
              .put("volume", (number * 31 + i) % 100)
              .put("visible", i % 2 == 0));
    }
    return new JsonObject()
        .put("slot", slot.name)
        .put("baseVersion", slot.version)
        .put("configs", new JsonObject().put("number", number).put("scenes", scenes));
  }
}
