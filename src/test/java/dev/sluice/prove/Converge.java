package dev.sluice.prove;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.prove.Figures.say;

import dev.sluice.harness.Convergence;
import dev.sluice.harness.GatewayProcess;
import dev.sluice.harness.LossyLine;
import dev.sluice.harness.Scratch;
import dev.sluice.harness.SyncDevice.Answer;
import dev.sluice.harness.SyncDevice.Lost;
import dev.sluice.harness.ToyIssuer;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Three machines of a user edit each of many slots over lines that lose much, while the gateway and
 * its embedded stores are killed with kill -9 again and again: all end with the same, and nothing
 * that was acknowledged is lost.
 */
final class Converge implements Prove.Proof {
  private static final int STEPS = 100; // of each slot
  private static final int KILLS = 5;
  private static final int TOGETHER = 8; // slots
  private static final long PAUSE_NANOS = 50_000_000;
  private static final String YAML =
      """
      version: 1
      apps: [identity, traffic, realtime, studio]
      studio: { saves: { slots: 10000 } }
      limits: { default: { user: { requests: 6000000, window: 1m } } }
      identity:
        issuers: { toy: { issuer: "%s", audience: [%s], keysUrl: "%s" } }
      """;

  private final int slots;
  private final Path directory = Scratch.directory();
  private final Vertx vertx = Vertx.vertx();
  private final WebClient client = WebClient.create(vertx);
  private final AtomicInteger left = new AtomicInteger();
  private final AtomicInteger edits = new AtomicInteger();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final List<String> wrong = new ArrayList<>();
  private volatile GatewayProcess process;
  private volatile String token;
  private int port;

  Converge(int slots) {
    this.slots = Math.max(TOGETHER, slots);
  }

  @Override
  public boolean holds() throws Exception {
    try (ToyIssuer issuer = new ToyIssuer()) {
      token = issuer.token();
      String yaml = YAML.formatted(ToyIssuer.NAME, ToyIssuer.AUDIENCE, issuer.keysUrl());
      Files.writeString(directory.resolve("sluice.yaml"), yaml);
      start();
      left.set(slots);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < TOGETHER; i++) threads.add(new Thread(this::work, "slots " + i));
      threads.forEach(Thread::start);
      for (int kill = 1; kill <= KILLS; kill++) {
        int goal = slots - slots * kill / (KILLS + 1);
        while (left.get() > goal) Thread.sleep(20);
        process.kill();
        say("kill -9 with %d of %d slots begun", slots - left.get(), slots);
        start();
      }
      for (Thread thread : threads) thread.join();
      process.close();
    } finally {
      await(vertx.close());
      Scratch.delete(directory);
    }
    wrong.forEach(each -> say("%s", each));
    say(
        "%d slots, %d edits acknowledged, %d requests without an answer, %d kills: %d slots differ",
        slots, edits.get(), unanswered.get(), KILLS, wrong.size());
    return wrong.isEmpty();
  }

  private void start() throws Exception {
    process =
        GatewayProcess.start(
                directory,
                Map.of("SLUICE_SERVER_PORT", Integer.toString(port)),
                directory.resolve("log"),
                "run",
                "-c",
                "sluice.yaml",
                "--data",
                "data")
            .ready();
    port = process.port();
  }

  private void work() {
    while (left.getAndDecrement() > 0) {
      long seed = new Random().nextLong();
      try {
        edits.addAndGet(converge(new Random(seed)));
      } catch (AssertionError | RuntimeException e) {
        synchronized (wrong) {
          wrong.add("seed " + seed + ": " + e);
        }
      }
    }
  }

  private int converge(Random random) {
    return Convergence.run(random, STEPS, () -> new LossyLine(this::send, random));
  }

  private Answer send(String method, String uri, JsonObject body, String key) {
    HttpRequest<Buffer> request =
        client
            .request(HttpMethod.valueOf(method), port, "127.0.0.1", uri)
            .timeout(20_000)
            .bearerTokenAuthentication(token);
    if (key != null) request.putHeader("Idempotency-Key", key);
    try {
      HttpResponse<Buffer> answer =
          await(body == null ? request.send() : request.sendJsonObject(body));
      JsonObject said = answer.bodyAsJsonObject();
      if (said.getBoolean("retryable", false)) LockSupport.parkNanos(PAUSE_NANOS);
      return new Answer(answer.statusCode(), said);
    } catch (AssertionError gone) {
      unanswered.incrementAndGet();
      LockSupport.parkNanos(PAUSE_NANOS); // or nothing is left to try when it is back
      throw new Lost(gone);
    }
  }
}
