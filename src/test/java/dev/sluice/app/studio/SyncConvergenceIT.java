package dev.sluice.app.studio;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.Convergence;
import dev.sluice.harness.LossyLine;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.SyncDevice.Answer;
import dev.sluice.identity.Person;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Machines that edit the same slot, of which each loses much of what it sends and hears. */
class SyncConvergenceIT {
  private static final int RUNS = 6;
  private static final int STEPS = 120;

  private static RunningGateway gateway;
  private static Person ada;

  @BeforeAll
  static void startAll() {
    gateway =
        new RunningGateway(
            Map.of(
                "SLUICE_APPS", "identity,traffic,realtime,studio,notebook",
                "SLUICE_STORE_REDISTIMEOUT", "2s",
                "SLUICE_STUDIO_SAVES_VERSIONS", "5"));
    ada = Person.signedIn(gateway, "ada@example.com");
  }

  @AfterAll
  static void stopAll() {
    gateway.close();
  }

  private static Answer send(String method, String uri, JsonObject body, String key) {
    List<String> headers = new ArrayList<>(List.of("Authorization", "Bearer " + ada.accessToken));
    if (body != null) headers.addAll(List.of("Content-Type", "application/json"));
    if (key != null) headers.addAll(List.of("Idempotency-Key", key));
    Buffer bytes = body == null ? null : body.toBuffer();
    HttpResponse<Buffer> answer =
        gateway.send(HttpMethod.valueOf(method), uri, bytes, headers.toArray(String[]::new));
    return new Answer(answer.statusCode(), answer.bodyAsJsonObject());
  }

  @Test
  void allEndWithTheSameAndNothingAcknowledgedIsLost() {
    int edits = 0;
    for (int run = 0; run < RUNS; run++) {
      long seed = new Random().nextLong();
      try {
        Random random = new Random(seed);
        edits +=
            Convergence.run(random, STEPS, () -> new LossyLine(SyncConvergenceIT::send, random));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    assertTrue(edits > RUNS * STEPS / 4, edits + " edits");
  }
}
