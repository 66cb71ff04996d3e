package dev.sluice.prove;

import static dev.sluice.harness.RunningGateway.await;

import dev.sluice.harness.RunningGateway;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** A client goes away: how soon the upstream request is reset, as its server sees it. */
final class Leave implements Prove.Proof {
  private static final int ROUNDS = 200;

  @Override
  public boolean holds() {
    try (RunningGateway gateway = new RunningGateway(Map.of())) {
      HttpClient client = gateway.vertx().createHttpClient();
      Figures reset = new Figures("client gone → upstream reset");
      gateway.fault(new JsonObject().put("operation", "get-clips").put("delayMs", 30_000));
      for (int i = 0; i < ROUNDS; i++) {
        int before = gateway.upstreamAborts("get-clips");
        HttpClientRequest leaving =
            await(client.request(HttpMethod.GET, gateway.port(), "127.0.0.1", "/direct"));
        leaving.send();
        gateway.until("it is upstream", () -> gateway.inFlight() == 1);
        long began = System.nanoTime();
        leaving.reset();
        while (gateway.upstreamAborts("get-clips") == before) Thread.onSpinWait();
        reset.add(System.nanoTime() - began);
      }
      reset.print();
      return reset.millis(1) < 100;
    }
  }
}
