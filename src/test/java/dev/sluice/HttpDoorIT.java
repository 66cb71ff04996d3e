package dev.sluice;

import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.WithGateway;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTP as clients meet it: methods, conditions, codings, origins, errors. */
@ExtendWith(WithGateway.class)
class HttpDoorIT {
  private static final String CLIPS = "/clips?channel=ninja&limit=5";

  @Test
  void aHitIsTheSameInEveryLane(RunningGateway gateway) {
    Buffer first = gateway.get(CLIPS).body();
    for (int i = 0; i < 4; i++) {
      HttpResponse<Buffer> hit = gateway.get(CLIPS);
      assertEquals(first, hit.body());
      assertTrue(hit.getHeader("Cache-Status").matches("Sluice; hit; ttl=\\d+"));
      assertTrue(hit.getHeader("Server-Timing").contains("cache;desc=hit"));
      assertNotNull(hit.getHeader("Age"));
      assertNotNull(hit.getHeader("Date"));
    }
  }

  @Test
  void whatTheClientHasIsNotSentAgain(RunningGateway gateway) {
    String etag = gateway.get(CLIPS).getHeader("ETag");
    for (String condition : List.of(etag, "W/" + etag, "\"other\", " + etag, "*")) {
      for (int i = 0; i < 3; i++) {
        HttpResponse<Buffer> answer = gateway.get(CLIPS, "If-None-Match", condition);
        assertEquals(304, answer.statusCode(), condition);
        assertEquals(etag, answer.getHeader("ETag"));
        assertNull(answer.body());
      }
    }
    assertEquals(200, gateway.get(CLIPS, "If-None-Match", "\"other\"").statusCode());
  }

  @Test
  void bodiesAreCompressedForWhoReadsThat(RunningGateway gateway) throws IOException {
    Buffer plain = gateway.get(CLIPS).body();
    for (String uri : List.of(CLIPS, "/large")) {
      Buffer whole = gateway.get(uri).body();
      for (int i = 0; i < 3; i++) {
        HttpResponse<Buffer> zipped = gateway.get(uri, "Accept-Encoding", "br, gzip;q=0.5");
        assertEquals("gzip", zipped.getHeader("Content-Encoding"));
        assertEquals("accept-encoding", zipped.getHeader("Vary").toLowerCase());
        assertTrue(zipped.getHeader("ETag").endsWith("-gzip\""));
        byte[] unzipped =
            new GZIPInputStream(new ByteArrayInputStream(zipped.body().getBytes())).readAllBytes();
        assertEquals(whole, Buffer.buffer(unzipped));
      }
    }
    assertEquals(plain, gateway.get(CLIPS, "Accept-Encoding", "gzip;q=0").body());
    assertNull(gateway.get("/livez", "Accept-Encoding", "gzip").getHeader("Content-Encoding"));
  }

  @Test
  void headIsGetWithoutTheBody(RunningGateway gateway) {
    HttpResponse<Buffer> get = gateway.get(CLIPS);
    for (int i = 0; i < 3; i++) {
      HttpResponse<Buffer> head = gateway.send(HttpMethod.HEAD, CLIPS, null);
      assertEquals(200, head.statusCode());
      assertNull(head.body());
      assertEquals(get.getHeader("Content-Length"), head.getHeader("Content-Length"));
      assertEquals(get.getHeader("ETag"), head.getHeader("ETag"));
    }
    assertEquals(404, gateway.send(HttpMethod.HEAD, "/nowhere", null).statusCode());
  }

  @Test
  void optionsTellsWhatIsPossible(RunningGateway gateway) {
    HttpResponse<Buffer> options = gateway.send(HttpMethod.OPTIONS, "/api/v1/notes", null);
    assertEquals(204, options.statusCode());
    assertEquals("GET, HEAD, OPTIONS, POST", options.getHeader("Allow"));
  }

  @Test
  void aPreflightIsAnsweredForPagesOfOtherOrigins(RunningGateway gateway) {
    HttpResponse<Buffer> preflight =
        gateway.send(
            HttpMethod.OPTIONS,
            "/api/v1/notes",
            null,
            "Origin",
            "https://app.example",
            "Access-Control-Request-Method",
            "POST",
            "Access-Control-Request-Headers",
            "content-type, x-request-id");
    assertEquals(204, preflight.statusCode());
    assertEquals("*", preflight.getHeader("Access-Control-Allow-Origin"));
    assertTrue(preflight.getHeader("Access-Control-Allow-Methods").contains("POST"));
    assertEquals("content-type, x-request-id", preflight.getHeader("Access-Control-Allow-Headers"));
    HttpResponse<Buffer> get = gateway.get(CLIPS, "Origin", "https://app.example");
    assertEquals("*", get.getHeader("Access-Control-Allow-Origin"));
    assertTrue(get.getHeader("Access-Control-Expose-Headers").contains("X-Request-Id"));
  }

  @Test
  void aMethodThatIsNotThereNamesThoseThatAre(RunningGateway gateway) {
    HttpResponse<Buffer> answer = gateway.send(HttpMethod.DELETE, "/clips", null);
    assertEquals(405, answer.statusCode());
    assertEquals("GET, HEAD, OPTIONS", answer.getHeader("Allow"));
    assertEquals("METHOD_NOT_ALLOWED", error(answer).getString("code"));
    assertEquals(405, gateway.send(HttpMethod.POST, "/health", null).statusCode());
    for (String page : List.of("/livez", "/metrics", "/docs", "/openapi.yaml")) {
      assertEquals(200, gateway.send(HttpMethod.HEAD, page, null).statusCode(), page);
    }
  }

  @Test
  void aSaneRequestIdIsKeptAndAnotherReplaced(RunningGateway gateway) {
    assertEquals(
        "abc-1.2_3", gateway.get(CLIPS, "X-Request-Id", "abc-1.2_3").getHeader("X-Request-Id"));
    String made = gateway.get(CLIPS, "X-Request-Id", "<script>").getHeader("X-Request-Id");
    assertTrue(made.matches("[0-9a-f]{24}"), made);
    HttpResponse<Buffer> failed = gateway.get("/nowhere", "X-Request-Id", "find-me");
    assertEquals("find-me", error(failed).getString("correlationId"));
  }

  @Test
  void everyReplyHasItsSecurityHeaders(RunningGateway gateway) {
    for (String uri : List.of(CLIPS, "/nowhere", "/health", "/docs", "/user")) {
      HttpResponse<Buffer> answer = gateway.get(uri);
      assertEquals("nosniff", answer.getHeader("X-Content-Type-Options"), uri);
      assertTrue(
          answer.getHeader("Content-Security-Policy").contains("frame-ancestors 'none'"), uri);
      assertEquals("no-referrer", answer.getHeader("Referrer-Policy"), uri);
      assertNotNull(answer.getHeader("X-Request-Id"), uri);
    }
  }

  @Test
  void anErrorIsNestedByDefault(RunningGateway gateway) {
    HttpResponse<Buffer> answer = gateway.get("/clips?chanel=ninja&limit=500");
    assertEquals(400, answer.statusCode());
    JsonObject error = error(answer);
    assertEquals("VALIDATION_ERROR", error.getString("code"));
    assertEquals("validation", error.getString("category"));
    assertEquals(400, error.getInteger("statusCode"));
    assertEquals(3, error.getJsonObject("details").getJsonArray("errors").size());
    assertTrue(answer.bodyAsString().contains("did you mean \\\"channel\\\"?"));
    assertFalse(answer.bodyAsJsonObject().getBoolean("retryable"));
  }

  @Test
  void anErrorIsFlatWhereTheContractSaysSo(RunningGateway gateway) {
    Buffer bad = new JsonObject().put("text", "").put("stars", 9).put("color", 1).toBuffer();
    HttpResponse<Buffer> answer =
        gateway.send(
            HttpMethod.POST, "/api/v1/notes?book=a", bad, "Content-Type", "application/json");
    assertEquals(422, answer.statusCode());
    JsonObject error = answer.bodyAsJsonObject();
    assertEquals("VALIDATION_ERROR", error.getString("code"));
    assertEquals("/api/v1/notes", error.getString("path"));
    assertNotNull(error.getString("requestId"));
    assertNotNull(error.getInstant("timestamp"));
    assertTrue(error.getJsonArray("errors").size() >= 2, error.encode());
    assertEquals(404, gateway.get("/api/v1/nowhere").statusCode());
    assertEquals("NOT_FOUND", gateway.get("/api/v1/nowhere").bodyAsJsonObject().getString("code"));
  }

  @Test
  void anErrorIsAProblemForWhoAsks(RunningGateway gateway) {
    HttpResponse<Buffer> answer = gateway.get("/nowhere", "Accept", "application/problem+json");
    assertEquals("application/problem+json", answer.getHeader("Content-Type"));
    JsonObject problem = answer.bodyAsJsonObject();
    assertEquals(404, problem.getInteger("status"));
    assertEquals("NOT_FOUND", problem.getString("code"));
    assertEquals("/nowhere", problem.getString("instance"));
  }

  @Test
  void anErrorOfOurOwnTellsNothingOfTheInside(RunningGateway gateway) {
    HttpResponse<Buffer> answer = gateway.get("/broken");
    assertEquals(500, answer.statusCode());
    assertEquals("INTERNAL_ERROR", error(answer).getString("code"));
    assertFalse(answer.bodyAsString().contains("SELECT"));
    assertFalse(answer.bodyAsString().contains("Exception"));
  }

  @Test
  void anOperationThatDoesNotAnswerTimesOut(RunningGateway gateway) {
    HttpResponse<Buffer> answer = gateway.get("/never");
    assertEquals(504, answer.statusCode());
    assertEquals("TIMEOUT", error(answer).getString("code"));
  }

  @Test
  void aBodyIsOfATakenTypeAndSize(RunningGateway gateway) {
    String uri = "/api/v1/notes?book=b";
    Buffer note = new JsonObject().put("text", "hello").toBuffer();
    assertEquals(
        415, gateway.send(HttpMethod.POST, uri, note, "Content-Type", "text/plain").statusCode());
    assertEquals(415, gateway.send(HttpMethod.POST, uri, note).statusCode());
    Buffer huge = Buffer.buffer(new byte[10_000_001]);
    assertEquals(
        413,
        gateway.send(HttpMethod.POST, uri, huge, "Content-Type", "application/json").statusCode());
    assertEquals(
        422,
        gateway
            .send(
                HttpMethod.POST,
                uri,
                Buffer.buffer("{\"text\": "),
                "Content-Type",
                "application/json")
            .statusCode());
    assertEquals(422, gateway.send(HttpMethod.POST, uri, null).statusCode());
    assertEquals(
        200,
        gateway
            .send(HttpMethod.POST, uri, note, "Content-Type", "application/json; charset=utf-8")
            .statusCode());
  }

  @Test
  void aWriteMakesWhatWasReadBeforeStale(RunningGateway gateway) {
    String uri = "/api/v1/notes?book=tags";
    for (int i = 1; i <= 3; i++) {
      Buffer note = new JsonObject().put("text", "note " + i).toBuffer();
      gateway.send(HttpMethod.POST, uri, note, "Content-Type", "application/json");
      for (int again = 0; again < 3; again++) {
        assertEquals(i, RunningGateway.data(gateway.get(uri)).size());
      }
    }
  }

  @Test
  void aClientOverItsLimitIsToldWhenToComeBack(RunningGateway gateway) {
    for (int i = 0; i < 3; i++) assertEquals(404, gateway.get("/api/v1/notes/1").statusCode());
    HttpResponse<Buffer> refused = gateway.get("/api/v1/notes/1");
    assertEquals(429, refused.statusCode());
    assertEquals("RATE_LIMIT_EXCEEDED", refused.bodyAsJsonObject().getString("code"));
    assertTrue(Integer.parseInt(refused.getHeader("Retry-After")) > 0);
  }

  @ParameterizedTest
  @CsvSource({
    "/clips?channel=%ff, 400",
    "/clips?channel=ninja%2500, 400",
    "/clips?channel=%2, 400",
    "/clips?channel=ninja&channel=shroud, 400",
    "/clips?channel=ninja&limit=5.0, 400",
    "/clips?channel=ninja&limit=, 400",
    "/clips?channel=ninja&limit=99999999999999999999, 400",
    "/clips?channel=ninja&shuffle=yes, 400",
    "/clips?channel=, 400",
    "/clips?channel=nin%00ja, 400",
    "/%2563lips?channel=ninja, 404",
    "/clips/?channel=ninja, 404",
    "//clips?channel=ninja, 404",
    "/clips/../clips?channel=ninja, 404"
  })
  void aMalformedTargetIsRefused(String uri, int status, RunningGateway gateway) {
    assertEquals(status, gateway.get(uri).statusCode());
  }
}
