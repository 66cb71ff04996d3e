package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.identity.Person;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many calls in one round trip. */
class BatchIT {
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        new RunningGateway(
            Map.of("SLUICE_APPS", "identity,traffic,studio,notebook"),
            """
            server: { trustedProxies: [127.0.0.1] }
            limits: { tight: { ip: { requests: 3, window: 1h } } }
            upstreams: { api: { url: "http://127.0.0.1:1" } }
            routes: [{ path: "/o/**", upstream: api }]
            """);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void partsAreAnsweredInOrderEachWithItsOwnStatusAndOneThatFailsFailsAlone() {
    List<JsonObject> answers =
        batch(
            get("a", "/api/v1/notes?book=batch"),
            get("b", "/api/v1/notes"),
            get("c", "/nowhere"),
            get("d", "/auth/me"),
            part("e", "PATCH", "/direct"),
            get("f", "/direct?n=0"),
            get("g", "/broken"),
            part("h", "POST", "/api/v1/notes?book=batch").put("body", new JsonObject()));
    assertEquals(List.of("a", "b", "c", "d", "e", "f", "g", "h"), ids(answers));
    assertEquals(List.of(200, 422, 404, 401, 405, 400, 500, 422), statuses(answers));
    assertEquals("{\"data\":[]}", answers.get(0).getJsonObject("body").encode());
    assertEquals("application/json", header(answers.get(0), "content-type"));
    assertTrue(header(answers.get(0), "cache-status").startsWith("Sluice; "));
    assertEquals(
        "VALIDATION_ERROR", answers.get(1).getJsonObject("body").getString("code"), "flat");
    assertEquals("UNAUTHORIZED", error(answers.get(3)).getString("code"));
    assertFalse(answers.get(6).encode().contains("secret"));
  }

  @Test
  void whatOneIsAnsweredIsUsedByAnother() {
    List<JsonObject> answers =
        batch(
            get("list", "/api/v1/notes?book={{made.body.text}}").put("dependsOn", list("note")),
            part("made", "POST", "/anything").put("body", new JsonObject().put("text", "a b&c")),
            part("note", "POST", "/api/v1/notes?book={{made.body.text}}")
                .put("body", new JsonObject().put("text", "{{made.body.text}}!")));
    assertEquals(List.of(200, 200, 200), statuses(answers));
    assertEquals(
        "[\"a b&c!\"]", answers.get(0).getJsonObject("body").getJsonArray("data").encode());
  }

  @Test
  void whatNeedsAPartThatFailedFailsWithItAndSoOn() {
    List<JsonObject> answers =
        batch(
            get("a", "/nowhere"),
            get("b", "/direct").put("dependsOn", list("a")),
            get("c", "/quick?n={{b.body.x}}"),
            get("d", "/direct"),
            get("e", "/quick?n={{d.body.nothing}}"));
    assertEquals(List.of(404, 424, 424, 200, 400), statuses(answers));
    assertEquals("FAILED_DEPENDENCY", error(answers.get(1)).getString("code"));
    assertEquals("a", error(answers.get(1)).getJsonObject("details").getString("part"));
    assertEquals("REFERENCE_NOT_FOUND", error(answers.get(4)).getString("code"));
  }

  /** As a client sends what was written offline. */
  @Test
  void oneAfterAnotherWhatComesLaterSeesWhatWasWrittenBefore() {
    List<JsonObject> parts = new ArrayList<>();
    for (int i = 0; i < 33; i++) {
      String notes = "/api/v1/notes?book=sequence";
      parts.add(part("w" + i, "POST", notes).put("body", new JsonObject().put("text", "" + i)));
      parts.add(part("bad" + i, "POST", notes).put("body", new JsonObject()));
      parts.add(get("r" + i, notes));
    }
    JsonObject asked = requests(parts.toArray(JsonObject[]::new)).put("sequential", true);
    List<JsonObject> answers =
        responses(
            gateway.send(
                HttpMethod.POST, "/batch", asked.toBuffer(), "Content-Type", "application/json"));
    for (int i = 0; i < 33; i++) {
      assertEquals(200, answers.get(3 * i).getInteger("status"));
      assertEquals(422, answers.get(3 * i + 1).getInteger("status"), "and nothing waits for it");
      JsonArray read = answers.get(3 * i + 2).getJsonObject("body").getJsonArray("data");
      assertEquals(i + 1, read.size());
      assertEquals("" + i, read.getString(i));
    }
  }

  /** What users write may look like a reference. */
  @Test
  void whereABodyIsLiteralNothingInItRefersToAnything() {
    JsonObject text = new JsonObject().put("text", "{{a.status}} {{nobody.body.x}}");
    List<JsonObject> answers =
        batch(
            part("a", "POST", "/anything").put("body", text).put("literal", true),
            part("b", "POST", "/anything")
                .put("body", text)
                .put("literal", true)
                .put("dependsOn", list("a")));
    for (JsonObject answer : answers) assertEquals(text, answer.getJsonObject("body"));
  }

  @Test
  void aBodyIsPassedOnAsItIsWritten() {
    String body = "{ \"b\" : 1.00,\"a\":[1e2, 123456789012345678901234567890.10 ] }";
    String asked =
        """
        {"requests": [
          {"id": "a", "method": "POST", "path": "/anything", "body": %s},
          {"id": "b", "method": "POST", "path": "/anything", "body": %s, "dependsOn": ["a"]}]}
        """
            .formatted(body, body);
    String answer =
        gateway
            .send(
                HttpMethod.POST, "/batch", Buffer.buffer(asked), "Content-Type", "application/json")
            .bodyAsString();
    assertEquals(2, answer.split(java.util.regex.Pattern.quote(body), -1).length - 1, answer);
  }

  @Test
  void equalReadsAreMadeOnce() {
    int before = gateway.upstreamCalls("get-clips");
    List<JsonObject> parts = new ArrayList<>();
    for (int i = 0; i < 50; i++) parts.add(get("p" + i, "/direct?n=77"));
    List<JsonObject> answers = batch(parts.toArray(JsonObject[]::new));
    assertEquals(50, new HashSet<>(ids(answers)).size());
    assertEquals(Set.of(200), Set.copyOf(statuses(answers)));
    assertEquals(before + 1, gateway.upstreamCalls("get-clips"));
  }

  @Test
  void aPartHasTheBatchsTokenOrItsOwn() {
    Person ada = Person.signedIn(gateway, "ada@example.com");
    Person ben = Person.signedIn(gateway, "ben@example.com");
    HttpResponse<Buffer> answer =
        ada.post(
            "/batch",
            requests(
                get("mine", "/auth/me"),
                get("his", "/auth/me")
                    .put("headers", header("authorization", "Bearer " + ben.accessToken)),
                get("none", "/auth/me").put("headers", header("Authorization", "Bearer x"))));
    List<JsonObject> answers = responses(answer);
    assertEquals(List.of(200, 200, 401), statuses(answers));
    assertEquals("ada@example.com", email(answers.get(0)));
    assertEquals("ben@example.com", email(answers.get(1)));
  }

  @Test
  void eachPartIsCountedByItsOwnLimit() {
    List<JsonObject> parts = new ArrayList<>();
    for (int i = 0; i < 5; i++) parts.add(get("p" + i, "/api/v1/notes/" + i));
    List<JsonObject> answers = batch(parts.toArray(JsonObject[]::new));
    assertEquals(List.of(404, 404, 404, 429, 429), statuses(answers).stream().sorted().toList());
  }

  @Test
  void equalPartsAreCountedOneByOne() {
    List<JsonObject> parts = new ArrayList<>();
    for (int i = 0; i < 5; i++) parts.add(get("p" + i, "/api/v1/notes/same"));
    String from = "127.0.0.9";
    List<JsonObject> answers =
        responses(send(requests(parts.toArray(JsonObject[]::new)), "X-Forwarded-For", from));
    assertEquals(List.of(404, 404, 404, 429, 429), statuses(answers).stream().sorted().toList());
  }

  @Test
  void bodiesAreWhatTheirTypesSay() {
    List<JsonObject> answers =
        batch(
            part("text", "POST", "/anything")
                .put("headers", header("Content-Type", "text/plain"))
                .put("body", "hällo\n"),
            part("patch", "POST", "/anything")
                .put("headers", header("Content-Type", "application/merge-patch+json"))
                .put("body", new JsonObject().put("a", 1)),
            part("odd", "POST", "/anything")
                .put("headers", header("Content-Type", "text/csv"))
                .put("body", "a,b"),
            part("kind", "POST", "/anything")
                .put("headers", header("Content-Type", "text/plain"))
                .put("body", 7),
            get("body", "/direct").put("body", "x"));
    assertEquals(List.of(200, 200, 415, 400, 400), statuses(answers));
    assertEquals("hällo\n", answers.get(0).getString("body"));
    assertEquals(1, answers.get(1).getJsonObject("body").getInteger("a"));
  }

  @Test
  void whatCannotBeAPartSaysSo() {
    List<JsonObject> answers =
        batch(
            part("batch", "POST", "/batch").put("body", requests(get("x", "/direct"))),
            part("cookie", "POST", "/auth/refresh"),
            get("stream", "/admin/audit"),
            get("route", "/o/x"));
    assertEquals(List.of(400, 400, 400, 400), statuses(answers));
    assertEquals("BATCH_IN_BATCH", error(answers.get(0)).getString("code"));
    for (JsonObject answer : answers.subList(1, 4)) {
      assertEquals("NOT_IN_BATCH", error(answer).getString("code"));
    }
  }

  @Test
  void aPartThatTakesTooLongDoesNotHoldUpTheOthersOfAStream() {
    for (String type : List.of("text/event-stream", "application/x-ndjson")) {
      HttpResponse<Buffer> answer =
          send(
              requests(
                  get("slow", "/never"),
                  part("fast", "POST", "/anything").put("body", new JsonObject())),
              "Accept",
              type);
      assertEquals(200, answer.statusCode());
      assertTrue(answer.getHeader("Content-Type").startsWith(type));
      List<JsonObject> parts =
          answer
              .bodyAsString()
              .lines()
              .map(line -> line.replaceFirst("^data: ", ""))
              .filter(line -> line.startsWith("{\"id\""))
              .map(JsonObject::new)
              .toList();
      assertEquals(List.of("fast", "slow"), ids(parts));
      assertEquals(List.of(200, 504), statuses(parts));
      if (type.startsWith("text"))
        assertTrue(answer.bodyAsString().endsWith("event: end\ndata: {}\n\n"));
    }
  }

  @Test
  void aCachedReadIsAHitAndAConditionalOneIsShort() {
    batch(get("a", "/joined?n=9"));
    JsonObject hit = batch(get("a", "/joined?n=9")).get(0);
    assertTrue(header(hit, "cache-status").startsWith("Sluice; hit"), hit.encode());
    JsonObject unchanged =
        batch(get("a", "/joined?n=9").put("headers", header("If-None-Match", header(hit, "etag"))))
            .get(0);
    assertEquals(304, unchanged.getInteger("status"));
    assertNull(unchanged.getValue("body"));
    HttpResponse<Buffer> alone = gateway.get("/joined?n=9");
    assertEquals(hit.getJsonObject("body"), alone.bodyAsJsonObject());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}",
        "[]",
        "{\"requests\":[]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\"}]}",
        "{\"requests\":[{\"id\":\"a b\",\"method\":\"GET\",\"path\":\"/\"}]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"TRACE\",\"path\":\"/\"}]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"path\":\"x\"}]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"path\":\"http://a/\"}]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"path\":\"/a b\"}]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"path\":\"/a\\r\\nb\"}]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"path\":\"/\",\"headers\":{\"a b\":\"c\"}}]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"path\":\"/\",\"headers\":{\"a\":\"c\\nd\"}}]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"path\":\"/\",\"headers\":{\"Host\":\"x\"}}]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"path\":\"/\",\"dependsOn\":[\"a\"]}]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"path\":\"/\",\"dependsOn\":[\"b\"]}]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"path\":\"/\",\"more\":1}]}",
      })
  void whatIsNoBatchIsRefusedAsAWhole(String body) {
    HttpResponse<Buffer> answer =
        gateway.send(
            HttpMethod.POST, "/batch", Buffer.buffer(body), "Content-Type", "application/json");
    assertEquals(400, answer.statusCode(), answer.bodyAsString());
  }

  @Test
  void aHundredAndOneAreTooMany() {
    JsonArray parts = new JsonArray();
    for (int i = 0; i < 101; i++) parts.add(get("p" + i, "/direct"));
    assertEquals(400, send(new JsonObject().put("requests", parts)).statusCode());
  }

  private static List<JsonObject> batch(JsonObject... parts) {
    return responses(send(requests(parts)));
  }

  private static HttpResponse<Buffer> send(JsonObject batch, String... headers) {
    List<String> all = new ArrayList<>(List.of("Content-Type", "application/json"));
    all.addAll(List.of(headers));
    return gateway.send(HttpMethod.POST, "/batch", batch.toBuffer(), all.toArray(String[]::new));
  }

  private static List<JsonObject> responses(HttpResponse<Buffer> answer) {
    assertEquals(200, answer.statusCode(), answer.bodyAsString());
    return answer.bodyAsJsonObject().getJsonArray("responses").stream()
        .map(JsonObject.class::cast)
        .toList();
  }

  private static JsonObject requests(JsonObject... parts) {
    return new JsonObject().put("requests", new JsonArray(List.of(parts)));
  }

  private static JsonObject get(String id, String path) {
    return part(id, "GET", path);
  }

  private static JsonObject part(String id, String method, String path) {
    return new JsonObject().put("id", id).put("method", method).put("path", path);
  }

  private static JsonObject header(String name, String value) {
    return new JsonObject().put(name, value);
  }

  private static JsonArray list(String... ids) {
    return new JsonArray(List.of(ids));
  }

  private static String header(JsonObject answer, String name) {
    return answer.getJsonObject("headers").getString(name);
  }

  private static JsonObject error(JsonObject answer) {
    return answer.getJsonObject("body").getJsonObject("error");
  }

  private static String email(JsonObject answer) {
    JsonObject body = answer.getJsonObject("body");
    return body.containsKey("user")
        ? body.getJsonObject("user").getString("email")
        : body.getString("email");
  }

  private static List<String> ids(List<JsonObject> answers) {
    return answers.stream().map(answer -> answer.getString("id")).toList();
  }

  private static List<Integer> statuses(List<JsonObject> answers) {
    return answers.stream().map(answer -> answer.getInteger("status")).toList();
  }
}
