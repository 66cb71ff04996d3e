package dev.sluice.prove;

import static dev.sluice.prove.Figures.say;

import dev.sluice.harness.RunningGateway;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A provider that manages 200 calls a second is sent 2,000 of low priority, and 40 of high priority
 * among them: what becomes of either, and of the memory.
 */
final class Overload implements Prove.Proof {
  private static final int TICK_MILLIS = 25;
  private static final int HIGH_A_TICK = 1;
  private static final int LOW_A_TICK = 50;
  private static final int QUIET_SECONDS = 15;
  private static final int WARMING_SECONDS = 8;
  private static final int BUSY_SECONDS = 45;

  private final Figures highAlone = new Figures("high priority, alone");
  private final Figures highAmong = new Figures("high priority, under overload");
  private final Figures lowServed = new Figures("low priority, served");
  private final Figures lowShed = new Figures("low priority, shed with 503");
  private final AtomicInteger wrong = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();

  @Override
  public boolean holds() {
    try (RunningGateway gateway =
        new RunningGateway(
            Map.of(
                "SLUICE_PROVIDERS_TWITCH_TRAFFIC_PERMITS", "10",
                "SLUICE_PROVIDERS_TWITCH_TRAFFIC_MAILBOX_CALLS", "1000",
                "SLUICE_PROVIDERS_TWITCH_TRAFFIC_QUOTA_POINTS", "0"))) {
      gateway.control(
          HttpMethod.POST,
          "/control/quota",
          new JsonObject().put("provider", "twitch").put("capacity", 10_000_000));
      gateway.fault(new JsonObject().put("operation", "get-clips").put("delayMs", 50));
      WebClient client =
          WebClient.create(
              gateway.vertx(), new WebClientOptions(), new PoolOptions().setHttp1MaxSize(4000));
      load(gateway, client, new Figures("warming"), 0, WARMING_SECONDS);
      load(gateway, client, highAlone, 0, QUIET_SECONDS);
      load(gateway, client, new Figures("filling the mailbox"), LOW_A_TICK, WARMING_SECONDS);
      double before = heap();
      load(gateway, client, highAmong, LOW_A_TICK, BUSY_SECONDS);
      double after = heap(); // of the gateway, the sandbox and this load together
      gateway.until("all are answered", () -> waiting.get() == 0);
      for (Figures figures : List.of(highAlone, highAmong, lowServed, lowShed)) figures.print();
      say("heap in use with a full mailbox, MiB: %.0f early, %.0f at the end", before, after);
      double ratio = highAmong.millis(0.5) / highAlone.millis(0.5);
      double tail = highAmong.millis(0.99) / highAlone.millis(0.99);
      say("high priority under overload: median %.2f×, p99 %.2f× of alone", ratio, tail);
      say("high priority shed, or low shed without Retry-After: %d", wrong.get());
      return ratio <= 2
          && tail <= 2
          && after < before * 1.3
          && lowServed.count() > 0
          && wrong.get() == 0;
    }
  }

  /** Sends at a fixed rate, whatever comes back. */
  private void load(RunningGateway gateway, WebClient client, Figures high, int low, int seconds) {
    long timer =
        gateway
            .vertx()
            .setPeriodic(
                TICK_MILLIS,
                t -> {
                  for (int i = 0; i < HIGH_A_TICK; i++) send(gateway, client, "/urgent", high);
                  for (int i = 0; i < low; i++) send(gateway, client, "/patient?n=1", null);
                });
    RunningGateway.await(gateway.vertx().timer(seconds, TimeUnit.SECONDS));
    gateway.vertx().cancelTimer(timer);
  }

  /** MiB that a collection leaves. */
  private static double heap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) / 1048576.0;
  }

  private void send(RunningGateway gateway, WebClient client, String uri, Figures high) {
    long began = System.nanoTime();
    waiting.incrementAndGet();
    client
        .request(HttpMethod.GET, gateway.port(), "127.0.0.1", uri)
        .send()
        .onComplete(
            answer -> {
              waiting.decrementAndGet();
              long took = System.nanoTime() - began;
              int status = answer.succeeded() ? answer.result().statusCode() : 0;
              if (high != null) count(high, took, status == 200);
              else if (status == 200) lowServed.add(took);
              else count(lowShed, took, status == 503 && saysWhen(answer.result()));
            });
  }

  private void count(Figures figures, long took, boolean right) {
    figures.add(took);
    if (!right) wrong.incrementAndGet();
  }

  private static boolean saysWhen(HttpResponse<Buffer> answer) {
    return answer.getHeader("Retry-After") != null;
  }
}
