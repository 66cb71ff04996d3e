package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.ToyApi;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example document as it ships, and an odd one, in front of an API of somebody else. */
class ApisIT {
  private static final String SECRET = "k3y-{of}-the-books";
  private static final ToyApi api = new ToyApi();
  private static RunningGateway gateway;
  @TempDir static Path directory;

  @BeforeAll
  static void start() throws IOException {
    Files.copy(Path.of("conf/apis/example.yaml.off"), directory.resolve("example.yaml"));
    Files.writeString(directory.resolve("odd.yml"), odd());
    Files.writeString(directory.resolve("left-aside.yaml.off"), "not: openapi");
    String settings =
        """
        apis: "%s"
        upstreams:
          books: { url: "%s", traffic: { retry: { delay: 1ms, maxDelay: 1ms }, breaker: { failures: 1000 } } }
          frail: { url: "%s", traffic: { retry: { attempts: 1 }, breaker: { failures: 3 } } }
          away: { url: "http://127.0.0.1:1", traffic: { retry: { attempts: 1 } } }
        """;
    Map<String, String> environment =
        Map.of(
            "BOOKS_KEY", SECRET,
            "SLUICE_APPS", "identity,traffic,studio",
            "SLUICE_STORE_REDISTIMEOUT", "2s"); // when it is back, what has tags is stale
    gateway = new RunningGateway(environment, settings.formatted(directory, api.url(), api.url()));
  }

  private static String odd() {
    return """
        openapi: 3.1.0
        info: { title: Odd, version: "1" }
        x-sluice: { prefix: /odd, upstream: books }
        paths:
          /again:
            get: { operationId: again }
            post: { operationId: againPost }
          /frail:
            get: { operationId: frail, x-sluice: { upstream: frail } }
          /away:
            get: { operationId: away, x-sluice: { upstream: away } }
          /stored:
            get: { operationId: stored, x-sluice: { cache: { ttl: 1h } } }
          /brief:
            get: { operationId: brief, x-sluice: { cache: { ttl: 1ms, staleIfError: 1h } } }
          /mine:
            get:
              operationId: mine
              x-sluice: { auth: passthrough, cache: { ttl: 1h, scope: user } }
          /upload:
            put: { operationId: upload, requestBody: { content: { "multipart/*": {}, audio/mpeg: {} } } }
          /events:
            get:
              operationId: events
              responses: { "200": { description: e, content: { text/event-stream: {} } } }
          /moved/{a}:
            get:
              operationId: moved
              parameters:
                - { name: a, in: path, required: true, schema: { type: string } }
                - { name: b, in: query, required: true, schema: { type: string } }
                - { name: c, in: query, explode: false, schema: { type: array, items: { type: string } } }
                - { name: d, in: query, schema: { type: number } }
                - { name: X-E, in: header, schema: { type: string } }
              x-sluice:
                upstream: { path: "/x/{b}/y", method: POST, query: { of: "{a}", fixed: "1&2" },
                            headers: { X-From: "a {a}", User-Agent: "", Via: "" } }
        """;
  }

  @AfterAll
  static void stop() {
    gateway.close();
    api.close();
  }

  @BeforeEach
  void quiet() {
    api.answers = request -> request.ok("{\"n\":" + api.asked.size() + "}");
    api.asked.clear();
    HttpResponse<Buffer> stale = gateway.send(HttpMethod.DELETE, "/shop/books/none", null);
    assertEquals(200, stale.statusCode(), "and every book is stale now");
    api.asked.clear();
  }

  @Test
  void aCallIsAnsweredByTheUpstreamAsItsContractSays() {
    api.answers =
        request ->
            request.answer(
                200,
                "[1]",
                "X-Total-Count",
                "7",
                "X-Inner",
                "1",
                "Set-Cookie",
                "a=1",
                "Link",
                "<x>");
    HttpResponse<Buffer> answer =
        gateway.get(
            "/shop/books?author=J%C3%B6rg%20%26%20Co&genre=b&genre=a,c&limit=5",
            "Accept-Language", "de", "X-Other", "1", "Cookie", "c=1");
    assertEquals(200, answer.statusCode());
    assertEquals("[1]", answer.bodyAsString());
    assertEquals("7", answer.getHeader("X-Total-Count"));
    assertEquals("<x>", answer.getHeader("Link"));
    assertNull(answer.getHeader("X-Inner"));
    assertNull(answer.getHeader("Set-Cookie"));
    ToyApi.Asked asked = api.last();
    assertEquals(
        "GET /v1/books?author=J%C3%B6rg%20%26%20Co&genre=b&genre=a%2Cc&per_page=5", asked.line());
    assertEquals(SECRET, asked.fields().get("X-Api-Key"));
    assertEquals("de", asked.fields().get("Accept-Language"));
    assertEquals(answer.getHeader("X-Request-Id"), asked.fields().get("X-Request-Id"));
    assertEquals("Sluice", asked.fields().get("User-Agent"));
    assertNull(asked.fields().get("X-Other"));
    assertNull(asked.fields().get("Cookie"));
  }

  @Test
  void aBreachOfTheContractNeverReachesTheUpstream() {
    HttpResponse<Buffer> answer = gateway.get("/shop/books?limit=500&autor=x");
    assertEquals(400, answer.statusCode());
    JsonArray errors = error(answer).getJsonObject("details").getJsonArray("errors");
    assertEquals("limit", errors.getJsonObject(0).getString("field"));
    assertTrue(errors.getJsonObject(1).getString("message").contains("did you mean \"author\"?"));
    Buffer bad = Buffer.buffer("{\"titel\":\"x\"}");
    assertEquals(400, post("/shop/books", bad).statusCode());
    Buffer plain = Buffer.buffer("x");
    assertEquals(
        415,
        gateway
            .send(HttpMethod.POST, "/shop/books", plain, "Content-Type", "text/plain")
            .statusCode());
    assertEquals(404, gateway.get("/books").statusCode());
    assertEquals(List.of(), api.lines());
  }

  @Test
  void equalCallsAreOneAndASuccessfulWriteMakesThemStale() {
    List<ToyApi.Asked> held = new CopyOnWriteArrayList<>();
    api.answers = held::add;
    List<Future<HttpResponse<Buffer>>> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      answers.add(gateway.sendAsync(HttpMethod.GET, "/shop/books?author=x", null));
    }
    gateway.until("asked", () -> held.size() == 1);
    JsonObject call = new JsonObject().put("author", "x");
    Future<Message<JsonObject>> sibling =
        gateway.gateway().vertx().eventBus().request("op.listBooks", call);
    api.answers = request -> request.answer(409, "{}");
    held.get(0).ok("[1]");
    answers.forEach(answer -> assertEquals("[1]", await(answer).bodyAsString()));
    assertEquals(new JsonArray().add(1), await(sibling).body().getValue("body"));
    assertEquals(1, api.asked.size());
    assertTrue(status("/shop/books?author=x").startsWith("Sluice; hit"));

    Buffer book = Buffer.buffer("{\"title\":\"x\"}");
    assertEquals(409, post("/shop/books", book).statusCode());
    assertEquals("Sluice; hit", status("/shop/books?author=x").substring(0, 11), "a refusal");
    api.answers = request -> request.answer(201, "{}", "Location", "/v1/books/9");
    HttpResponse<Buffer> added = post("/shop/books", book);
    assertEquals(201, added.statusCode());
    assertEquals("/shop/books/9", added.getHeader("Location"));
    assertEquals("127.0.0.1", api.last().fields().get("X-Forwarded-For"));
    assertEquals(book, api.last().body());
    api.answers = request -> request.ok("[2]");
    assertEquals("[2]", gateway.get("/shop/books?author=x").bodyAsString());
  }

  @Test
  void whatTheClientSendsMakesAnEntryOfItsOwn() {
    String german = gateway.get("/shop/books", "Accept-Language", "de").bodyAsString();
    assertNotEquals(german, gateway.get("/shop/books", "Accept-Language", "fr").bodyAsString());
    HttpResponse<Buffer> again = gateway.get("/shop/books", "Accept-Language", "de");
    assertEquals(german, again.bodyAsString());
    assertEquals("accept-language", again.getHeader("Vary"));
    assertEquals(2, api.asked.size());
  }

  @Test
  void aRefusalIsTheCallersToReadAndA404IsRememberedForAMoment() {
    api.answers = request -> request.answer(404, "{\"none\":true}", "X-Inner", "1");
    for (int i = 0; i < 2; i++) {
      HttpResponse<Buffer> answer = gateway.get("/shop/books/nope");
      assertEquals(404, answer.statusCode());
      assertEquals("{\"none\":true}", answer.bodyAsString());
      assertEquals("application/json", answer.getHeader("Content-Type"));
    }
    assertEquals(1, api.asked.size());
    for (int status : new int[] {400, 401, 403, 409, 422, 451}) {
      api.answers = request -> request.answer(status, "{}", "Location", "/there");
      HttpResponse<Buffer> answer = gateway.get("/odd/again");
      assertEquals(status, answer.statusCode());
      assertEquals("{}", answer.bodyAsString());
      assertEquals("/odd/there", answer.getHeader("Location"));
    }
    api.answers = request -> request.answer(307, "", "Location", "/there");
    HttpResponse<Buffer> elsewhere = gateway.send(HttpMethod.POST, "/odd/again", null);
    assertEquals(307, elsewhere.statusCode(), "a redirect is the client's to follow");
    assertEquals("/odd/there", elsewhere.getHeader("Location"));
  }

  @Test
  void aTooManyIsTriedAgainAndThenPassedOnAndStopsNobodyElse() {
    api.answers = request -> request.answer(429, "{\"slow\":1}", "Retry-After", "30");
    HttpResponse<Buffer> answer = gateway.get("/odd/again");
    assertEquals(429, answer.statusCode());
    assertEquals("{\"slow\":1}", answer.bodyAsString());
    assertEquals("30", answer.getHeader("Retry-After"));
    api.answers = request -> request.ok("{}");
    assertEquals(200, gateway.get("/odd/again").statusCode());
  }

  @Test
  void aFailureIsTriedAgainWhereARepeatDoesNoHarm() {
    failOnce();
    assertEquals(200, gateway.get("/odd/again").statusCode());
    assertEquals(List.of("GET /again", "GET /again"), api.lines());
    failOnce();
    HttpResponse<Buffer> answer = gateway.send(HttpMethod.POST, "/odd/again", null);
    assertEquals(502, answer.statusCode());
    assertEquals("PROVIDER_ERROR", error(answer).getString("code"));
    assertEquals(1, api.asked.size());
    failOnce();
    assertEquals(200, post("/shop/search", Buffer.buffer("{}")).statusCode());
    assertEquals(List.of("POST /v1/search", "POST /v1/search"), api.lines());
  }

  private static void failOnce() {
    api.asked.clear();
    api.answers = request -> request.answer(api.asked.size() == 1 ? 503 : 200, "{}");
  }

  @Test
  void anUpstreamThatKeepsFailingIsLeftAloneAndTheOthersAreNot() {
    api.answers = request -> request.answer(500, "{\"trace\":\"at com.books\"}");
    for (int i = 0; i < 3; i++) {
      HttpResponse<Buffer> answer = gateway.get("/odd/frail");
      assertEquals(502, answer.statusCode());
      assertFalse(answer.bodyAsString().contains("com.books"));
    }
    api.answers = request -> request.ok("{}");
    HttpResponse<Buffer> open = gateway.get("/odd/frail");
    assertEquals(503, open.statusCode());
    assertEquals("CIRCUIT_OPEN", error(open).getString("code"));
    assertEquals(3, api.asked.size());
    assertEquals(200, gateway.get("/odd/again").statusCode());
    JsonObject parts = gateway.get("/health").bodyAsJsonObject().getJsonObject("components");
    assertEquals("DEGRADED", parts.getJsonObject("frail").getString("status"));
    assertEquals("UP", parts.getJsonObject("books").getString("status"));
    HttpResponse<Buffer> away = gateway.get("/odd/away");
    assertEquals(502, away.statusCode());
    assertFalse(away.bodyAsString().contains("127.0.0.1"));
  }

  @Test
  void aBrokenUpstreamIsBridgedByWhatIsStored() {
    String stored = gateway.get("/odd/brief").bodyAsString();
    api.answers = request -> request.answer(503, "{}");
    gateway.until("bridged", () -> status("/odd/brief").contains("detail=stale-if-error"));
    assertEquals(stored, gateway.get("/odd/brief").bodyAsString());
  }

  @Test
  void theUpstreamsOwnTagIsPassedOnWhereNoneIsOurs() {
    String large = "\"" + "x".repeat(5000) + "\"";
    api.answers = request -> request.answer(200, large, "ETag", "\"1\"", "Cache-Control", "public");
    HttpResponse<Buffer> answer = gateway.get("/odd/again");
    assertEquals("\"1\"", answer.getHeader("ETag"));
    assertEquals("no-store", answer.getHeader("Cache-Control"), "there is no policy to store it");
    HttpResponse<Buffer> small = gateway.get("/odd/again", "Accept-Encoding", "gzip");
    assertEquals("gzip", small.getHeader("Content-Encoding"));
    assertEquals("W/\"1\"", small.getHeader("ETag"), "not the tag of these bytes");
    assertNotEquals("\"1\"", gateway.get("/shop/books/9").getHeader("ETag"));
  }

  @Test
  void bytesOfAnyTypePassBothWays() {
    byte[] bytes = new byte[300_000];
    new Random(1).nextBytes(bytes);
    api.answers =
        request ->
            request.response().putHeader("Content-Type", "image/png").end(Buffer.buffer(bytes));
    HttpResponse<Buffer> cover = gateway.get("/shop/books/a%2Fb%20c/cover");
    assertEquals(Buffer.buffer(bytes), cover.body());
    assertEquals("image/png", cover.getHeader("Content-Type"));
    assertEquals("GET /v1/covers/a%2Fb%20c.png", api.last().line());
    api.answers = request -> request.response().setStatusCode(204).end();
    String type = "Multipart/Form-Data; boundary=xYz";
    HttpResponse<Buffer> put =
        gateway.send(HttpMethod.PUT, "/odd/upload", Buffer.buffer(bytes), "Content-Type", type);
    assertEquals(204, put.statusCode());
    assertEquals(Buffer.buffer(bytes), api.last().body());
    assertEquals(type, api.last().fields().get("Content-Type"));
    HttpResponse<Buffer> coded =
        gateway.send(
            HttpMethod.PUT,
            "/odd/upload",
            Buffer.buffer(bytes),
            "Content-Type",
            "audio/mpeg",
            "Content-Encoding",
            "gzip");
    assertEquals(415, coded.statusCode());
  }

  @Test
  void parametersGoWhereTheDocumentPutsThem() {
    HttpResponse<Buffer> answer =
        gateway.get(
            "/odd/moved/a%3Fb?b=c%2Fd&c=1,2&d=5.0", "X-E", "e", "X-Forwarded-For", "6.6.6.6");
    assertEquals(200, answer.statusCode(), answer.bodyAsString());
    ToyApi.Asked asked = api.last();
    assertEquals("POST /x/c%2Fd/y?c=1,2&d=5&fixed=1%262&of=a%3Fb", asked.line());
    assertEquals("e", asked.fields().get("X-E"));
    assertEquals("a a?b", asked.fields().get("X-From"));
    assertEquals("127.0.0.1", asked.fields().get("X-Forwarded-For"));
    assertNull(asked.fields().get("User-Agent"));
    assertNull(asked.fields().get("Via"));
    for (String bad : List.of("..", "%2e%2e%2Fadmin", "x%5C..", "")) {
      assertEquals(400, gateway.get("/odd/moved/a?b=" + bad).statusCode(), bad);
    }
    assertEquals(400, gateway.get("/odd/moved/a%0D%0AX-Evil:1?b=c").statusCode());
    assertEquals(1, api.asked.size());
  }

  @Test
  void whatTheUpstreamWantsStoredByNobodyIsNot() {
    for (String control : List.of("no-store", "max-age=60, Private=\"x\"")) {
      api.answers = request -> request.answer(200, "" + api.asked.size(), "Cache-Control", control);
      String first = gateway.get("/odd/stored").bodyAsString();
      HttpResponse<Buffer> second = gateway.get("/odd/stored");
      assertNotEquals(first, second.bodyAsString());
      assertTrue(second.getHeader("Cache-Status").contains("detail="));
    }
    List<ToyApi.Asked> held = new CopyOnWriteArrayList<>();
    api.asked.clear();
    api.answers = held::add;
    List<Future<HttpResponse<Buffer>>> both = new ArrayList<>();
    for (int i = 0; i < 2; i++) both.add(gateway.sendAsync(HttpMethod.GET, "/odd/stored", null));
    gateway.until("asked", () -> held.size() == 1);
    gateway.until(
        "joined",
        () -> gateway.get("/metrics").bodyAsString().matches("(?s).*collapsed\"} [1-9].*"));
    api.answers = request -> request.answer(200, "2", "Cache-Control", "no-store");
    held.get(0).answer(200, "1", "Cache-Control", "no-store");
    both.forEach(answer -> assertEquals(200, await(answer).statusCode()));
    assertNotEquals(
        await(both.get(0)).bodyAsString(), await(both.get(1)).bodyAsString(), "each its own");
    api.answers = request -> request.answer(200, "" + api.asked.size(), "Set-Cookie", "a=1");
    String kept = gateway.get("/odd/stored").bodyAsString();
    HttpResponse<Buffer> hit = gateway.get("/odd/stored");
    assertEquals(kept, hit.bodyAsString());
    assertNull(hit.getHeader("Set-Cookie"));
  }

  @Test
  void aCallersOwnTokenIsPassedOnAndItsRepliesAreItsOwn() {
    api.answers =
        request ->
            request.answer(
                200,
                "\"" + request.fields().get("Authorization") + "\"",
                "Cache-Control",
                "private");
    assertEquals(401, gateway.get("/odd/mine").statusCode());
    for (String token : List.of("ann", "bob", "ann")) {
      HttpResponse<Buffer> answer = gateway.get("/odd/mine", "Authorization", "Bearer " + token);
      assertEquals("\"Bearer " + token + "\"", answer.bodyAsString());
    }
    assertEquals(2, api.asked.size());
  }

  @Test
  void aClientThatLeavesTakesItsUpstreamRequestWithIt() {
    Promise<Void> gone = Promise.promise();
    Promise<Void> there = Promise.promise();
    api.answers =
        request -> {
          request.response().closeHandler(closed -> gone.tryComplete());
          there.complete();
        };
    HttpClientRequest leaving =
        await(
            gateway
                .vertx()
                .createHttpClient()
                .request(HttpMethod.GET, gateway.port(), "127.0.0.1", "/odd/again"));
    leaving.send();
    await(there.future());
    leaving.reset();
    await(gone.future());
  }

  @Test
  void itIsPublishedMeasuredAndKeepsItsSecrets() {
    gateway.get("/shop/books");
    String yaml = gateway.get("/openapi.yaml").bodyAsString();
    assertTrue(yaml.contains("/shop/books/{id}/cover"), yaml);
    assertTrue(yaml.contains("text/event-stream"), yaml);
    assertFalse(yaml.contains("x-sluice") || yaml.contains("BOOKS_KEY") || yaml.contains(SECRET));
    String metrics = gateway.get("/metrics").bodyAsString();
    String line =
        "provider_request_duration_seconds_count{operation=\"listBooks\",provider=\"books\",status=\"200\"}";
    assertTrue(metrics.contains(line), metrics);
    assertTrue(metrics.contains("route=\"/shop/books\""), metrics);
    assertFalse(metrics.contains(SECRET));
  }

  private static HttpResponse<Buffer> post(String uri, Buffer json) {
    return gateway.send(HttpMethod.POST, uri, json, "Content-Type", "application/json");
  }

  private static String status(String uri) {
    return gateway.get(uri).getHeader("Cache-Status");
  }
}
