package dev.sluice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.harness.Await;
import dev.sluice.harness.WithVertx;
import dev.sluice.http.ServerSettings.CorsSettings;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the door makes of real requests: errors in three forms, CORS, the client's address. */
@ExtendWith(WithVertx.class)
class DoorRulesTest {
  private static final Failure INVALID =
      Failure.invalid("limit", "101 is above the maximum 100", 101);
  private static final Failure BUSY =
      Failure.unavailable("OVERLOADED", "Too many.")
          .detail("provider", "twitch")
          .suggest("Wait.")
          .retryAfter(Duration.ofSeconds(7));

  @Test
  void anErrorIsNestedUnlessAskedOtherwise(Vertx vertx) {
    HttpResponse<Buffer> answer = render(vertx, BUSY, "/clips", Map.of("X-Request-Id", "r1"));
    JsonObject body = answer.bodyAsJsonObject();
    JsonObject error = body.getJsonObject("error");
    assertEquals(503, answer.statusCode());
    assertEquals("7", answer.getHeader("retry-after"));
    assertEquals("no-store", answer.getHeader("cache-control"));
    assertEquals("OVERLOADED", error.getString("code"));
    assertEquals("service_unavailable", error.getString("category"));
    assertEquals(503, error.getInteger("statusCode"));
    assertEquals("r1", error.getString("correlationId"));
    assertEquals("Wait.", error.getString("suggestion"));
    assertEquals(7, error.getInteger("retryAfter"));
    assertEquals("twitch", error.getJsonObject("details").getString("provider"));
    assertEquals(503, body.getInteger("status"));
    assertTrue(body.getBoolean("retryable"));
    assertEquals(7, body.getInteger("retryAfter"));
  }

  @Test
  void wrongFieldsAreNamedInTheNestedForm(Vertx vertx) {
    HttpResponse<Buffer> answer = render(vertx, INVALID, "/clips", Map.of());
    assertEquals(400, answer.statusCode());
    JsonArray errors =
        answer
            .bodyAsJsonObject()
            .getJsonObject("error")
            .getJsonObject("details")
            .getJsonArray("errors");
    assertEquals(
        new JsonObject()
            .put("field", "limit")
            .put("message", "101 is above the maximum 100")
            .put("value", 101),
        errors.getJsonObject(0));
  }

  @Test
  void belowApiV1AnErrorIsFlatAndAWrongFieldIs422(Vertx vertx) {
    HttpResponse<Buffer> answer =
        render(vertx, INVALID, "/api/v1/x?q=1", Map.of("X-Request-Id", "r1"));
    JsonObject body = answer.bodyAsJsonObject();
    assertEquals(422, answer.statusCode());
    assertEquals("VALIDATION_ERROR", body.getString("code"));
    assertEquals("limit", body.getJsonArray("errors").getJsonObject(0).getString("field"));
    assertEquals("r1", body.getString("requestId"));
    assertEquals("/api/v1/x", body.getString("path"));
    assertTrue(body.getString("timestamp").matches("\\d{4}-.*Z"), body.encode());
    assertFalse(body.getBoolean("retryable"));
    assertEquals(503, render(vertx, BUSY, "/api/v1/x", Map.of()).statusCode());
  }

  @Test
  void aProblemHasTheSameFacts(Vertx vertx) {
    HttpResponse<Buffer> answer = render(vertx, BUSY, "/clips", Map.of("Accept", Errors.PROBLEM));
    JsonObject body = answer.bodyAsJsonObject();
    assertEquals("application/problem+json", answer.getHeader("content-type"));
    assertEquals(503, body.getInteger("status"));
    assertEquals("OVERLOADED", body.getString("code"));
    assertEquals("Too many.", body.getString("detail"));
    assertEquals("/clips", body.getString("instance"));
    assertEquals("twitch", body.getJsonObject("details").getString("provider"));
    assertEquals(7, body.getInteger("retryAfter"));
  }

  @Test
  void anUnauthorizedClientIsToldTheScheme(Vertx vertx) {
    Failure failure = Failure.of(Failure.Category.AUTHENTICATION, "UNAUTHORIZED", "no");
    assertEquals("Bearer", render(vertx, failure, "/", Map.of()).getHeader("www-authenticate"));
  }

  @Test
  void aRequestIdIsKeptOnlyWhereItIsSane(Vertx vertx) {
    for (String id : List.of("a b", "a\"b", "x".repeat(129), "é")) {
      HttpResponse<Buffer> answer = render(vertx, BUSY, "/", Map.of("X-Request-Id", id));
      String used = answer.bodyAsJsonObject().getJsonObject("error").getString("correlationId");
      assertTrue(used.matches("[0-9a-f]{24}"), used);
    }
  }

  @Test
  void pagesOfAnyOriginMayCallWhereAllMay(Vertx vertx) {
    HttpResponse<Buffer> answer = standing(vertx, List.of("*"), "https://a.example");
    assertEquals("*", answer.getHeader("access-control-allow-origin"));
    assertNull(answer.getHeader("vary"));
    assertTrue(answer.getHeader("access-control-expose-headers").contains("X-Request-Id"));
  }

  @Test
  void aNamedOriginIsAllowedByNameAndAnotherIsNot(Vertx vertx) {
    List<String> origins = List.of("https://a.example");
    HttpResponse<Buffer> allowed = standing(vertx, origins, "https://a.example");
    assertEquals("https://a.example", allowed.getHeader("access-control-allow-origin"));
    assertEquals("Origin", allowed.getHeader("vary"));
    for (String other :
        List.of("https://b.example", "http://a.example", "null", "https://A.example")) {
      HttpResponse<Buffer> refused = standing(vertx, origins, other);
      assertNull(refused.getHeader("access-control-allow-origin"), other);
      assertEquals("Origin", refused.getHeader("vary"), "a cache must not mix them up");
    }
    assertEquals("Origin", standing(vertx, origins, null).getHeader("vary"));
  }

  @Test
  void aPreflightIsAnsweredOnlyToOriginsThatMayCall() {
    StandingHeaders standing =
        new StandingHeaders(
            new CorsSettings(List.of("https://a.example"), false, Duration.ofHours(1)));
    MultiMap allowed = MultiMap.caseInsensitiveMultiMap();
    standing.preflight(allowed, "https://a.example", "x-mode", new TreeSet<>(Set.of("GET", "PUT")));
    assertEquals("GET, PUT", allowed.get("access-control-allow-methods"));
    assertEquals("x-mode", allowed.get("access-control-allow-headers"));
    assertEquals("3600", allowed.get("access-control-max-age"));
    MultiMap refused = MultiMap.caseInsensitiveMultiMap();
    standing.preflight(refused, "https://b.example", "x-mode", Set.of("GET"));
    standing.preflight(refused, null, "x-mode", Set.of("GET"));
    assertTrue(refused.isEmpty());
  }

  @Test
  void whereNoOriginMayCallNothingIsSaid(Vertx vertx) {
    assertNull(
        standing(vertx, List.of(), "https://a.example").getHeader("access-control-allow-origin"));
  }

  @Test
  void securityHeadersStandInEveryResponse(Vertx vertx) {
    HttpResponse<Buffer> answer = standing(vertx, List.of(), null);
    assertEquals("nosniff", answer.getHeader("x-content-type-options"));
    assertEquals("no-referrer", answer.getHeader("referrer-policy"));
    assertTrue(answer.getHeader("content-security-policy").contains("default-src 'none'"));
    assertTrue(answer.getHeader("date").endsWith(" GMT"));
    assertEquals("id", answer.getHeader("x-request-id"));
  }

  @Test
  void anUntrustedPeerIsWhoeverItIsWhateverItSays(Vertx vertx) {
    assertEquals("127.0.0.1", client(vertx, List.of(), "1.2.3.4"));
    assertEquals("127.0.0.1", client(vertx, List.of("10.0.0.0/8"), "1.2.3.4"));
  }

  @Test
  void aTrustedProxyNamesTheClient(Vertx vertx) {
    List<String> proxies = List.of("127.0.0.0/8", "10.0.0.0/8", "fd00::/8");
    assertEquals("1.2.3.4", client(vertx, proxies, "1.2.3.4"));
    assertEquals("1.2.3.4", client(vertx, proxies, "6.6.6.6, 1.2.3.4, 10.1.2.3"));
    assertEquals("2001:db8::1", client(vertx, proxies, "2001:db8::1, fd12::1"));
    assertEquals("10.0.0.1", client(vertx, proxies, "10.0.0.1"));
    assertEquals("127.0.0.1", client(vertx, proxies, "not an address"));
    assertEquals("10.0.0.9", client(vertx, proxies, "evil.example, 10.0.0.9"));
    assertEquals("127.0.0.1", client(vertx, proxies, null));
  }

  @Test
  void aLineThatTheClientMadeUpDoesNotHideTheOneOfTheProxy(Vertx vertx) {
    List<String> proxies = List.of("127.0.0.1");
    String address =
        answer(
                vertx,
                request -> request.response().end(new Client(proxies).address(request)),
                request -> {
                  request.headers().add("X-Forwarded-For", "6.6.6.6");
                  request.headers().add("X-Forwarded-For", "1.2.3.4");
                  return request;
                })
            .bodyAsString();
    assertEquals("1.2.3.4", address);
  }

  @Test
  void whatIsNoNetworkIsRefusedAtTheStart() {
    for (String wrong :
        List.of("localhost", "10.0.0.0/33", "10.0.0.0/x", "::/129", "", "1.2.3/8")) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> new Client(List.of(wrong)))
              .getMessage();
      assertTrue(message.contains("is not a network such as 10.0.0.0/8"), message);
    }
    new Client(List.of("10.0.0.0/8", "::1", "fd00::/8", "1.2.3.4"));
  }

  private static String client(Vertx vertx, List<String> trusted, String forwarded) {
    Client client = new Client(trusted);
    return answer(
            vertx,
            request -> request.response().end(client.address(request)),
            request ->
                forwarded == null ? request : request.putHeader("X-Forwarded-For", forwarded))
        .bodyAsString();
  }

  private static HttpResponse<Buffer> standing(Vertx vertx, List<String> origins, String origin) {
    StandingHeaders standing =
        new StandingHeaders(new CorsSettings(origins, false, Duration.ofHours(1)));
    return answer(
        vertx,
        request -> {
          standing.put(request.response().headers(), request, "id");
          request.response().end();
        },
        request -> origin == null ? request : request.putHeader("Origin", origin));
  }

  private static HttpResponse<Buffer> render(
      Vertx vertx, Failure failure, String uri, Map<String, String> headers) {
    return answer(
        vertx,
        request -> {
          Reply reply =
              Errors.render(
                  failure, Errors.Reader.of(new Exchange(vertx, Backlog.share(1), request, "::1")));
          reply.headers().forEach(request.response()::putHeader);
          request
              .response()
              .putHeader("content-type", reply.body().type())
              .setStatusCode(reply.status())
              .end(reply.body().bytes());
        },
        request -> {
          request.uri(uri);
          headers.forEach(request::putHeader);
          return request;
        });
  }

  private static HttpResponse<Buffer> answer(
      Vertx vertx,
      Consumer<HttpServerRequest> server,
      Function<HttpRequest<Buffer>, HttpRequest<Buffer>> client) {
    int port =
        Await.result(vertx.createHttpServer().requestHandler(server::accept).listen(0, "127.0.0.1"))
            .actualPort();
    WebClient web = WebClient.create(vertx);
    return Await.result(client.apply(web.get(port, "127.0.0.1", "/")).send());
  }
}
