package dev.sluice.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.bus.Event;
import dev.sluice.harness.Ledger;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Tables;
import dev.sluice.harness.ToyApi;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that are put off, to an API of somebody else's. */
class RelayedJobsIT {
  private static final String TOKEN = "s3cr3t-of-ada";
  private static final ToyApi api = new ToyApi();
  private static RunningGateway gateway;
  private final Asked asked = new Asked(gateway, "");
  @TempDir static Path directory;

  private static final String DOCUMENT =
      """
      openapi: 3.1.0
      info: { title: Mail, version: "1" }
      x-sluice: { upstream: mail, async: true }
      paths:
        /send:
          parameters: [{ name: account, in: query, schema: { type: string } }]
          post:
            operationId: send
            requestBody: { content: { application/json: {} } }
            x-sluice: { idempotency: optional }
        /own:
          parameters: [{ name: account, in: query, schema: { type: string } }]
          post:
            operationId: own
            requestBody: { content: { application/json: {} } }
            x-sluice: { auth: passthrough }
      """;

  @BeforeAll
  static void start() throws IOException {
    Files.writeString(directory.resolve("mail.yaml"), DOCUMENT);
    String yaml =
        """
        apis: "%s"
        upstreams:
          mail: { url: "%s", traffic: { retry: { attempts: 1 }, breaker: { failures: 1, reset: 5s } } }
        """;
    Map<String, String> settings =
        Map.of(
            "SLUICE_APPS", "traffic,notebook",
            "SLUICE_JOBS_ATTEMPTS", "2",
            "SLUICE_JOBS_DELAY", "10ms",
            "SLUICE_JOBS_LEASE", "10m"); // nothing is told late, in looking after other nodes
    gateway = new RunningGateway(settings, Ledger.ISSUER + yaml.formatted(directory, api.url()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    api.close();
  }

  @Test
  void whileTheProviderIsAwayJobsWaitWithoutUsingAnAttemptUp() {
    api.answers = request -> request.response().reset();
    String job = asked.job("/send", new JsonObject().put("to", "b"));
    gateway.until("it has waited for the circuit", () -> codes(job).contains("CIRCUIT_OPEN"));
    JsonObject waiting = asked.look(job);
    assertEquals("waiting", waiting.getString("state"));
    assertEquals(0, waiting.getInteger("tries"));
    assertTrue(waiting.containsKey("nextTryAt"));
    api.answers = request -> request.answer(201, "{\"sent\":true}", "Location", "/m/1");
    JsonObject done = asked.until(job, "succeeded");
    assertEquals(1, done.getInteger("tries"));
    JsonObject result = done.getJsonObject("result");
    assertEquals(201, result.getInteger("status"));
    assertEquals("/m/1", result.getJsonObject("headers").getString("location"));
    assertEquals(true, result.getJsonObject("body").getBoolean("sent"));
    List<String> keys =
        api.asked.stream().map(request -> request.fields().get("idempotency-key")).toList();
    assertEquals(1, keys.stream().distinct().count(), "each try goes by the same key");
    assertEquals(job.substring(6), keys.get(0));
  }

  @Test
  void oneThatIsCancelledWhileItWaitsIsToldOf() {
    List<Event> events = new CopyOnWriteArrayList<>();
    Event.TOPIC.listen(gateway.gateway().vertx(), events::add);
    api.answers = request -> request.answer(429, "{}", "Retry-After", "3600");
    String job = asked.job("/send", new JsonObject().put("to", "c"));
    gateway.until("it has been tried", () -> !codes(job).isEmpty());
    assertEquals(200, gateway.send(HttpMethod.DELETE, job, null).statusCode());
    gateway.until("its end is told", () -> !types(events, job).isEmpty());
    assertEquals(List.of("job.cancelled"), types(events, job));
  }

  /** Of those that tell of a job: the ends of others may still be told. */
  private static List<String> types(List<Event> events, String job) {
    return events.stream()
        .filter(event -> job.substring(6).equals(event.data().get("id")))
        .map(Event::type)
        .toList();
  }

  private List<String> codes(String job) {
    JsonArray attempts = asked.look(job).getJsonArray("attempts");
    return attempts.stream().map(a -> ((JsonObject) a).getString("code")).toList();
  }

  @Test
  void whatTheProviderRefusesIsTheResult() {
    api.answers = request -> request.answer(422, "{\"no\":\"such address\"}");
    JsonObject failed = asked.until(asked.job("/send", new JsonObject().put("to", "x")), "failed");
    JsonObject result = failed.getJsonObject("result");
    assertEquals(422, result.getInteger("status"));
    assertEquals("such address", result.getJsonObject("body").getString("no"));
  }

  @Test
  void aCallersOwnTokenIsKeptSealed() {
    api.answers =
        request -> {
          api.answers = again -> again.ok("{}");
          request.answer(429, "{}", "Retry-After", "1");
        };
    String job =
        asked.job("/own", new JsonObject().put("a", 1), "Authorization", "Bearer " + TOKEN);
    assertEquals(404, gateway.get(job).statusCode(), "it is the token's owner's");
    try (Tables tables = new Tables(gateway)) {
      List<String> kept = tables.run("SELECT encode(payload, 'escape') FROM traffic.jobs");
      assertFalse(kept.isEmpty());
      assertTrue(kept.stream().noneMatch(payload -> payload.contains(TOKEN)));
      gateway.until(
          "it is done",
          () ->
              tables
                  .run("SELECT state FROM traffic.jobs WHERE id = '" + job.substring(6) + "'")
                  .equals(List.of("succeeded")));
    }
    assertEquals("Bearer " + TOKEN, api.last().fields().get("authorization"));
    assertNull(api.last().fields().get("idempotency-key"));
  }
}
