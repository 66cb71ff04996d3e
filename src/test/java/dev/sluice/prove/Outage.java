package dev.sluice.prove;

import static dev.sluice.prove.Figures.say;

import dev.sluice.harness.RunningGateway;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.Map;

/** With the provider down: how fast CIRCUIT_OPEN and bridged answers come, and the recovery. */
final class Outage implements Prove.Proof {
  private static final int ASKED = 3000;

  @Override
  public boolean holds() {
    try (RunningGateway gateway =
        new RunningGateway(
            Map.of(
                "SLUICE_PROVIDERS_TWITCH_TRAFFIC_RETRY_DELAY", "5ms",
                "SLUICE_PROVIDERS_TWITCH_TRAFFIC_BREAKER_RESET", "60s"))) {
      gateway.get("/quick?n=3");
      gateway.fault(new JsonObject().put("status", 503));
      gateway.until("the circuit opens", () -> code(gateway.get("/direct")).equals("CIRCUIT_OPEN"));
      int before = gateway.upstreamCalls("get-clips");
      for (int i = 0; i < ASKED; i++) gateway.get("/direct"); // warm
      Figures open = new Figures("CIRCUIT_OPEN, seen by the client");
      Figures stale = new Figures("a stale answer meanwhile");
      for (int i = 0; i < ASKED; i++) {
        timed(gateway, "/direct", 503, open);
        timed(gateway, "/quick?n=3", 200, stale);
      }
      open.print();
      stale.print();
      int asked = gateway.upstreamCalls("get-clips") - before;
      say("upstream calls meanwhile: %d", asked);
      gateway.endFaults();
      long healed = System.nanoTime();
      gateway.until("recovery", () -> gateway.get("/direct").statusCode() == 200);
      say("recovered %.1f s after the provider did", (System.nanoTime() - healed) / 1e9);
      return asked == 0 && open.millis(0.99) < 5;
    }
  }

  private static void timed(RunningGateway gateway, String uri, int status, Figures figures) {
    long began = System.nanoTime();
    int got = gateway.get(uri).statusCode();
    figures.add(System.nanoTime() - began);
    if (got != status) throw new AssertionError(uri + " answered " + got);
  }

  private static String code(HttpResponse<Buffer> answer) {
    return answer.statusCode() == 200 ? "" : RunningGateway.error(answer).getString("code");
  }
}
