package dev.sluice.guard.idempotency;

import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.Ledger;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.harness.ToyApi;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys of operations that somebody else's API answers. */
class RelayedKeysIT {
  private static final String DOCUMENT =
      """
      openapi: 3.1.0
      info: { title: Pay, version: "1" }
      x-sluice: { upstream: pay, idempotency: optional }
      paths:
        /charges:
          post:
            operationId: charge
            requestBody: { content: { application/json: {} } }
        /plain:
          post:
            operationId: plain
            x-sluice: { upstream: { name: pay, forwardHeaders: [Idempotency-Key, X-Try] } }
      """;

  private static HttpResponse<Buffer> charge(
      RunningGateway gateway, String path, String... headers) {
    return gateway.send(HttpMethod.POST, path, null, headers);
  }

  @Test
  void theUpstreamGetsAKeyThatIsNoOtherCallersAndWithoutADatabaseNothing(@TempDir Path directory)
      throws IOException {
    Files.writeString(directory.resolve("pay.yaml"), DOCUMENT);
    RunningGateway first = new RunningGateway(Map.of("SLUICE_APPS", "notebook"));
    Map<String, String> settings = new HashMap<>(Sql.stores(first));
    settings.put("SLUICE_APPS", "traffic,notebook");
    settings.put("SLUICE_SERVER_TRUSTEDPROXIES", "127.0.0.1");
    try (ToyApi api = new ToyApi();
        RunningGateway gateway =
            new RunningGateway(
                settings,
                Ledger.ISSUER
                    + "apis: \"%s\"\nupstreams: { pay: { url: \"%s\" } }"
                        .formatted(directory, api.url()))) {
      keysAreTheCallers(gateway, api);
      aRefusalIsSaidAgain(gateway, api);
      passedOnAsTheyAre(gateway, api);
      first.close();
      int asked = api.asked.size();
      HttpResponse<Buffer> away = charge(gateway, "/charges", "Idempotency-Key", "new");
      assertEquals(503, away.statusCode());
      assertEquals("SERVICE_UNAVAILABLE", error(away).getString("code"));
      assertEquals(asked, api.asked.size(), "never unprotected");
      assertEquals(200, charge(gateway, "/charges").statusCode(), "without a key it goes on");
    }
  }

  private static void keysAreTheCallers(RunningGateway gateway, ToyApi api) {
    api.answers =
        request -> request.answer(201, "{\"n\":" + api.asked.size() + "}", "Location", "/c/1");
    HttpResponse<Buffer> one = charge(gateway, "/charges", "Idempotency-Key", "k");
    assertEquals(201, one.statusCode(), one.bodyAsString());
    String sent = api.last().fields().get("idempotency-key");
    assertTrue(sent.matches("[0-9a-f]{64}"), sent);
    HttpResponse<Buffer> again = charge(gateway, "/charges", "Idempotency-Key", "k");
    assertEquals("true", again.getHeader("idempotent-replayed"));
    assertEquals("/c/1", again.getHeader("location"));
    assertEquals(one.body(), again.body());
    assertEquals(1, api.asked.size());
    charge(gateway, "/charges", "Idempotency-Key", "k", "X-Forwarded-For", "192.0.2.1");
    assertEquals(2, api.asked.size());
    assertNotEquals(sent, api.last().fields().get("idempotency-key"));
    charge(gateway, "/charges");
    assertNull(api.last().fields().get("idempotency-key"));
  }

  private static void aRefusalIsSaidAgain(RunningGateway gateway, ToyApi api) {
    api.answers = request -> request.answer(402, "{\"error\":\"no money\"}");
    HttpResponse<Buffer> refused = charge(gateway, "/charges", "Idempotency-Key", "poor");
    assertEquals(402, refused.statusCode());
    assertEquals(
        "true",
        charge(gateway, "/charges", "Idempotency-Key", "poor").getHeader("idempotent-replayed"));
    api.answers = request -> request.answer(429, "{}");
    assertEquals(429, charge(gateway, "/charges", "Idempotency-Key", "much").statusCode());
    api.answers = request -> request.ok("{}");
    HttpResponse<Buffer> later = charge(gateway, "/charges", "Idempotency-Key", "much");
    assertEquals(200, later.statusCode());
    assertNull(later.getHeader("idempotent-replayed"));
  }

  private static void passedOnAsTheyAre(RunningGateway gateway, ToyApi api) {
    for (String attempt : List.of("1", "2")) {
      HttpResponse<Buffer> answer =
          charge(gateway, "/plain", "Idempotency-Key", "raw", "X-Try", attempt);
      assertEquals(200, answer.statusCode(), answer.bodyAsString());
    }
    assertEquals("raw", api.last().fields().get("idempotency-key"));
    assertEquals("1", api.last().fields().get("x-try"));
  }
}
