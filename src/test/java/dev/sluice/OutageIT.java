package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What clients notice of a provider, a Redis or another client in trouble: as little as can be. */
class OutageIT {
  private static final String JOINED = "cache_requests_total{result=\"collapsed\"}";
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        new RunningGateway(
            Map.of(
                "SLUICE_PROVIDERS_TWITCH_TRAFFIC_RETRY_DELAY", "5ms",
                "SLUICE_PROVIDERS_TWITCH_TRAFFIC_BREAKER_RESET", "5s",
                "SLUICE_PROVIDERS_TWITCH_TRAFFIC_BREAKER_FAILURES", "12",
                "SLUICE_PROVIDERS_TWITCH_TRAFFIC_PERMITS", "4",
                "SLUICE_PROVIDERS_TWITCH_TRAFFIC_MAILBOX_CALLS", "60",
                "SLUICE_PROVIDERS_TWITCH_TRAFFIC_MAILBOX_AGEING", "50ms",
                "SLUICE_PROVIDERS_TWITCH_TRAFFIC_QUOTA_POINTS", "0"));
    gateway.control(
        HttpMethod.POST,
        "/control/quota",
        new JsonObject().put("provider", "twitch").put("capacity", 100_000));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @AfterEach
  void calm() {
    gateway.endFaults();
    gateway.until("the circuit is closed", () -> gateway.get("/direct").statusCode() == 200);
  }

  @Test
  void aProviderThatIsDownIsBridgedThenLeftAloneThenTriedAgain() {
    assertEquals(200, gateway.get("/quick?n=3").statusCode());
    gateway.fault(new JsonObject().put("status", 503));
    gateway.until(
        "a stale answer bridges the outage",
        () -> {
          HttpResponse<Buffer> answer = gateway.get("/quick?n=3");
          assertEquals(200, answer.statusCode());
          return answer.getHeader("Cache-Status").contains("fwd=stale");
        });
    gateway.until("the circuit opens", () -> code(gateway.get("/direct")).equals("CIRCUIT_OPEN"));
    int calls = gateway.upstreamCalls("get-clips");
    HttpResponse<Buffer> refused = gateway.get("/direct");
    assertEquals(503, refused.statusCode());
    assertTrue(Integer.parseInt(refused.getHeader("Retry-After")) >= 1);
    assertEquals(200, gateway.get("/quick?n=3").statusCode());
    assertEquals(calls, gateway.upstreamCalls("get-clips"), "nothing is asked while it is open");
    gateway.endFaults();
    gateway.until("recovery without a restart", () -> gateway.get("/direct").statusCode() == 200);
  }

  @Test
  void aTransientErrorIsRetriedAndNeverSeen() {
    gateway.fault(
        new JsonObject().put("operation", "get-clips").put("status", 503).put("times", 1));
    assertEquals(200, gateway.get("/direct?n=11").statusCode());
  }

  @Test
  void garbageAndHalfBodiesAreNeverPassedOn() {
    gateway.fault(
        new JsonObject().put("operation", "get-clips").put("garbage", true).put("times", 3));
    assertEquals("PROVIDER_ERROR", code(gateway.get("/direct?n=12")));
    gateway.endFaults();
    gateway.fault(
        new JsonObject()
            .put("operation", "get-clips")
            .put("dropConnection", "body")
            .put("times", 3));
    assertEquals("PROVIDER_ERROR", code(gateway.get("/joined?n=13")));
    gateway.endFaults();
    HttpResponse<Buffer> whole = gateway.get("/joined?n=13");
    assertEquals(200, whole.statusCode());
    assertTrue(whole.getHeader("Cache-Status").contains("fwd=uri-miss"), "garbage was not stored");
  }

  @Test
  void aClientThatLeavesTakesItsUpstreamCallWithIt() {
    gateway.fault(
        new JsonObject().put("operation", "get-clips").put("delayMs", 30_000).put("times", 1));
    int before = gateway.upstreamAborts("get-clips");
    HttpClientRequest leaving = ask("/direct?n=21");
    gateway.until("it is upstream", () -> gateway.inFlight() == 1);
    leaving.reset();
    gateway.until("it is given up", () -> gateway.upstreamAborts("get-clips") == before + 1);
  }

  @Test
  void aClientThatLeavesLeavesTheCallToThoseWhoStillWait() {
    gateway.fault(
        new JsonObject().put("operation", "get-clips").put("delayMs", 3000).put("times", 1));
    int before = gateway.upstreamAborts("get-clips");
    double joined = gateway.metric(JOINED);
    HttpClientRequest leaving = ask("/joined?n=22");
    gateway.until("it is upstream", () -> gateway.inFlight() == 1);
    Future<HttpResponse<Buffer>> staying = gateway.sendAsync(HttpMethod.GET, "/joined?n=22", null);
    gateway.until("both wait for it", () -> gateway.metric(JOINED) == joined + 1);
    leaving.reset();
    assertEquals(200, await(staying).statusCode());
    assertEquals(before, gateway.upstreamAborts("get-clips"));
  }

  @Test
  void anOverloadShedsTheLeastUrgentAndStarvesNobody() {
    gateway.fault(new JsonObject().put("operation", "get-clips").put("delayMs", 100));
    List<Future<HttpResponse<Buffer>>> urgent = new ArrayList<>();
    List<Future<HttpResponse<Buffer>>> patient = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      patient.add(gateway.sendAsync(HttpMethod.GET, "/patient?n=" + (1 + i % 100), null));
      if (i % 5 == 0) urgent.add(gateway.sendAsync(HttpMethod.GET, "/urgent", null));
    }
    await(Future.join(patient));
    await(Future.join(urgent));
    assertTrue(urgent.stream().allMatch(a -> a.result().statusCode() == 200), "all urgent served");
    long shed = patient.stream().filter(a -> a.result().statusCode() == 503).count();
    long served = patient.stream().filter(a -> a.result().statusCode() == 200).count();
    assertTrue(shed > 0 && served > 0, shed + " shed, " + served + " served");
    assertEquals(200, shed + served);
    for (Future<HttpResponse<Buffer>> answer : patient) {
      if (answer.result().statusCode() == 200) continue;
      assertEquals("OVERLOADED", code(answer.result()));
      assertTrue(Integer.parseInt(answer.result().getHeader("Retry-After")) >= 1);
    }
  }

  @Test
  void redisThatDiesOrFreezesUnderLoadCostsNoRequest() throws Exception {
    for (String signal : List.of("-KILL", "-STOP")) {
      ProcessHandle redis = gateway.redis();
      List<Future<HttpResponse<Buffer>>> answers = new ArrayList<>();
      for (int i = 0; i < 1500; i++) {
        if (i == 500) {
          new ProcessBuilder("kill", signal, Long.toString(redis.pid())).start().waitFor();
        }
        String book = "/api/v1/notes?book=" + signal + i % 300;
        answers.add(gateway.sendAsync(HttpMethod.GET, book, null));
        if (i % 50 == 0) await(answers.get(i));
      }
      await(Future.join(answers));
      assertTrue(answers.stream().allMatch(a -> a.result().statusCode() == 200), signal);
      if (signal.equals("-STOP")) {
        new ProcessBuilder("kill", "-CONT", Long.toString(redis.pid())).start().waitFor();
      }
      gateway.until("Redis is back", () -> health().equals("UP"));
    }
  }

  private static String health() {
    return gateway
        .get("/health")
        .bodyAsJsonObject()
        .getJsonObject("components")
        .getJsonObject("redis")
        .getString("status");
  }

  /** A request whose answer nobody has waited for yet. */
  private static HttpClientRequest ask(String uri) {
    HttpClient client = gateway.vertx().createHttpClient();
    HttpClientRequest request =
        await(client.request(HttpMethod.GET, gateway.port(), "127.0.0.1", uri));
    request.send();
    return request;
  }

  private static String code(HttpResponse<Buffer> answer) {
    return answer.statusCode() == 200 ? "" : error(answer).getString("code");
  }
}
