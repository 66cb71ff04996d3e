package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.conf.FileWatch;
import dev.sluice.harness.Forgeries;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.ToyApi;
import dev.sluice.harness.ToyIssuer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Operations that want to know who calls, by the tokens of an outside issuer. */
class TokensIT {
  private static final ToyApi api = new ToyApi();
  private static final ToyIssuer issuer = new ToyIssuer();
  private static RunningGateway gateway;
  @TempDir static Path directory;

  private static final String CONTRACT =
      """
      openapi: 3.1.0
      info: { title: Guarded, version: "1" }
      x-sluice: { upstream: api, auth: required }
      paths:
        /mine:
          get: { operationId: mine, x-sluice: { upstream: { headers: { X-User: "{user}" } } } }
          post:
            operationId: write
            requestBody: { content: { application/octet-stream: {} } }
        /staff: { get: { operationId: staff, x-sluice: { roles: [admin, staff] } } }
        /export:
          get:
            operationId: export
            x-sluice: { roles: [admin], permissions: ["notes:read", "notes:export"] }
        /anyone:
          get:
            operationId: anyone
            x-sluice: { auth: optional, upstream: { headers: { X-User: "{user}" } } }
        /open-to-all: { get: { operationId: openToAll, x-sluice: { auth: none } } }
        /shared: { get: { operationId: shared, x-sluice: { cache: { ttl: 1h, scope: public } } } }
        /staffed:
          get:
            operationId: staffed
            x-sluice: { roles: [staff], cache: { ttl: 1h, scope: public } }
        /own: { get: { operationId: own, x-sluice: { cache: { ttl: 1h, scope: user } } } }
      """;

  @BeforeAll
  static void start() throws IOException {
    Files.writeString(directory.resolve("guarded.yaml"), CONTRACT);
    gateway = gateway(issuer.keysUrl());
  }

  private static RunningGateway gateway(String keysUrl) {
    return new RunningGateway(Map.of("SLUICE_APPS", "notebook"), overlay(keysUrl));
  }

  private static String overlay(String keysUrl) {
    return """
        apis: "%s"
        upstreams: { api: { url: "%s" } }
        routes:
          - { path: "/all/**", upstream: api, auth: optional,
              requestHeaders: { set: { X-User: "is {user}" } } }
          - { path: "/led/**", upstream: api, auth: required, roles: [staff],
              requestHeaders: { set: { X-User: "{user}" } } }
          - { path: "/open/**", upstream: api, auth: required, forwardToken: true }
          - { path: "/kept/**", upstream: api, auth: required, roles: [staff], cache: http }
          - { path: "/free/**", upstream: api }
        identity:
          issuers:
            company: { issuer: "%s", audience: [other, %s], keysUrl: "%s" }
        """
        .formatted(directory, api.url(), ToyIssuer.NAME, ToyIssuer.AUDIENCE, keysUrl);
  }

  private static void reload(RunningGateway gateway, String yaml) {
    Loaded before = load(gateway);
    gateway.write("limits:\n  tight: { ip: { requests: 3, window: 1h } }\n" + yaml);
    FileWatch files = new FileWatch(() -> List.of(gateway.file()));
    Reloader.Source source = () -> load(gateway);
    ControlSocket.Outcome outcome =
        new Reloader(gateway.gateway(), before, source, files, gateway::mounts).reload("the test");
    assertTrue(outcome.succeeded(), outcome.text());
  }

  private static Loaded load(RunningGateway gateway) {
    return Loaded.of(gateway.file(), gateway.environment(), Map.of(), List.of());
  }

  @AfterAll
  static void stop() {
    gateway.close();
    api.close();
    issuer.close();
  }

  @BeforeEach
  void quiet() {
    api.answers = request -> request.ok("{\"n\":" + api.asked.size() + "}");
    api.asked.clear();
  }

  private static HttpResponse<Buffer> get(String path, String token) {
    return gateway.get(path, "Authorization", "Bearer " + token);
  }

  private static String with(String claim, Object value) {
    return issuer.token(issuer.claims().put(claim, value));
  }

  @Test
  void whoHasATokenIsKnownByTheNameOfItsIssuer() {
    assertEquals(200, get("/mine", issuer.token()).statusCode());
    assertEquals("company:ninja", api.last().fields().get("X-User"));
    assertNull(api.last().fields().get("Authorization"), "the token is for this gateway alone");
    JsonObject odd = issuer.claims().put("aud", new JsonArray().add("x").add("other"));
    odd.put("exp", odd.getLong("exp") + 0.5).put("nbf", odd.getLong("iat") + 10);
    assertEquals(200, get("/mine", issuer.token(odd)).statusCode(), "within the leeway");
    String claims = issuer.claims().put("sub", "shroud").encode();
    String elliptic =
        ToyIssuer.sign("{\"alg\":\"ES256\",\"kid\":\"e1\"}", claims, "ES256", issuer.ec);
    assertEquals(200, get("/mine", elliptic).statusCode());
    assertEquals("company:shroud", api.last().fields().get("X-User"));
    String unnamed = ToyIssuer.sign("{\"alg\":\"ES256\"}", claims, "ES256", issuer.ec);
    assertEquals(200, get("/mine", unnamed).statusCode(), "there is but one key for it");
  }

  @Test
  void withoutATokenTheCallerIsToldWhatToSend() {
    HttpResponse<Buffer> none = gateway.get("/mine");
    assertEquals(401, none.statusCode());
    assertEquals("UNAUTHORIZED", error(none).getString("code"));
    assertEquals("Bearer", none.getHeader("WWW-Authenticate"));
    HttpResponse<Buffer> basic = gateway.get("/mine", "Authorization", "Basic eDp5");
    assertEquals(401, basic.statusCode());
    HttpResponse<Buffer> late = get("/mine", with("exp", 1));
    assertEquals(401, late.statusCode());
    assertEquals("The token is not taken: it has expired.", error(late).getString("message"));
    assertEquals(
        "Bearer error=\"invalid_token\", error_description=\"The token is not taken: it has"
            + " expired.\"",
        late.getHeader("WWW-Authenticate"));
    assertEquals(List.of(), api.lines());
  }

  @Test
  void rolesAndPermissionsAreAskedFor() {
    HttpResponse<Buffer> plain = get("/staff", issuer.token());
    assertEquals(403, plain.statusCode());
    assertEquals("FORBIDDEN", error(plain).getString("code"));
    assertTrue(plain.getHeader("WWW-Authenticate").contains("insufficient_scope"));
    assertTrue(error(plain).getString("suggestion").contains("admin, staff"));
    assertEquals(200, get("/staff", with("roles", new JsonArray().add("staff"))).statusCode());
    JsonObject admin = issuer.claims().put("roles", "admin");
    assertEquals(403, get("/export", issuer.token(admin)).statusCode());
    admin.put("permissions", "notes:read notes:export");
    assertEquals(200, get("/export", issuer.token(admin)).statusCode());
    admin.put("permissions", new JsonArray().add("notes:read").add("notes:export"));
    assertEquals(200, get("/export", issuer.token(admin)).statusCode());
    admin.put("roles", new JsonArray().add("staff"));
    assertEquals(403, get("/export", issuer.token(admin)).statusCode(), "all of it is wanted");
    JsonObject within = new JsonObject().put("roles", new JsonArray().add("staff"));
    String keycloak = issuer.token(issuer.claims().put("realm_access", within));
    assertEquals(
        403, get("/staff", keycloak).statusCode(), "that is not where they are said to be");
  }

  @Test
  void whereATokenIsOptionalABadOneIsStillRefused() {
    assertEquals(200, gateway.get("/anyone").statusCode());
    assertNull(api.last().fields().get("X-User"));
    assertEquals(200, get("/anyone", issuer.token()).statusCode());
    assertEquals("company:ninja", api.last().fields().get("X-User"));
    assertEquals(401, get("/anyone", "nonsense").statusCode());
    assertEquals(2, api.asked.size());
  }

  @Test
  void whatIsStoredForAllIsForThoseWhoMay() {
    assertEquals(401, gateway.get("/shared").statusCode());
    HttpResponse<Buffer> first = get("/shared", issuer.token());
    assertEquals(200, first.statusCode());
    assertEquals("private, max-age=3600", first.getHeader("Cache-Control"));
    for (int i = 0; i < 3; i++) {
      HttpResponse<Buffer> hit = get("/shared", issuer.token());
      assertEquals(200, hit.statusCode());
      assertTrue(hit.getHeader("Cache-Status").contains("hit"), hit.getHeader("Cache-Status"));
      assertEquals(401, gateway.get("/shared").statusCode(), "and never by the fast lane");
      assertEquals(401, get("/shared", issuer.token() + "x").statusCode());
    }
    HttpResponse<Buffer> other = get("/shared", with("sub", "shroud"));
    assertEquals(first.body(), other.body());
    assertEquals(1, api.asked.size());
    String staff = with("roles", new JsonArray().add("staff"));
    String token = issuer.token();
    for (int i = 0; i < 3; i++) {
      assertEquals(200, get("/staffed", staff).statusCode());
      assertEquals(403, get("/staffed", token).statusCode());
    }
  }

  @Test
  void whatIsStoredForOneIsNobodyElses() {
    String ninja = issuer.token();
    String shroud = with("sub", "shroud");
    Buffer mine = get("/own", ninja).body();
    Buffer other = get("/own", shroud).body();
    gateway.until(
        "it goes by the fast lane, which knows who asks and counts at once",
        () -> "cache;desc=hit".equals(get("/own", ninja).getHeader("Server-Timing")));
    for (int i = 0; i < 3; i++) {
      HttpResponse<Buffer> hit = get("/own", ninja);
      assertEquals(mine, hit.body());
      assertEquals("private, max-age=3600", hit.getHeader("Cache-Control"));
      assertEquals("Authorization", hit.getHeader("Vary"));
      assertEquals(other, get("/own", shroud).body());
      assertEquals(401, gateway.get("/own").statusCode());
      assertEquals(401, get("/own", issuer.token() + "x").statusCode());
    }
    assertEquals(2, api.asked.size());
  }

  @Test
  void aRouteLeadsWhoMayAndSaysWhoItIs() {
    String staff = with("roles", new JsonArray().add("staff"));
    assertEquals(401, gateway.get("/led/x").statusCode());
    assertEquals(401, get("/led/x", "nonsense").statusCode());
    assertEquals(403, get("/led/x", issuer.token()).statusCode());
    assertEquals(List.of(), api.lines());
    String[] forged = {"Authorization", "Bearer " + staff, "X-User", "admin", "X_User", "admin"};
    assertEquals(200, gateway.get("/led/x", forged).statusCode());
    assertEquals(List.of("company:ninja"), api.last().fields().getAll("X-User"));
    assertNull(api.last().fields().get("X_User"));
    assertNull(api.last().fields().get("Authorization"));
    String[] preflight = {"Origin", "https://a", "Access-Control-Request-Method", "PUT"};
    assertEquals(200, gateway.send(HttpMethod.OPTIONS, "/led/x", null, preflight).statusCode());
    assertNull(api.last().fields().get("X-User"));
    assertEquals(401, gateway.send(HttpMethod.OPTIONS, "/led/x", null).statusCode());
    assertEquals(200, get("/open/x", staff).statusCode());
    assertEquals("Bearer " + staff, api.last().fields().get("Authorization"));
    assertEquals(200, gateway.get("/free/x", "Authorization", "Bearer x").statusCode());
    assertEquals("Bearer x", api.last().fields().get("Authorization"), "it is the upstream's");
  }

  @Test
  void whereARouteTakesAnybodyNobodyIsTakenForAnother() {
    assertEquals(200, gateway.get("/all/x", "X-User", "admin", "X_User", "admin").statusCode());
    assertNull(api.last().fields().get("X-User"));
    assertNull(api.last().fields().get("X_User"));
    assertEquals(200, get("/all/x", issuer.token()).statusCode());
    assertEquals("is company:ninja", api.last().fields().get("X-User"));
    assertEquals(401, get("/all/x", "nonsense").statusCode());
  }

  @Test
  void whatARouteHasStoredIsForThoseWhoMay() {
    api.answers = request -> request.answer(200, "{}", "Cache-Control", "public, max-age=60");
    String staff = with("roles", new JsonArray().add("staff"));
    assertEquals(200, get("/kept/x", staff).statusCode());
    for (int i = 0; i < 3; i++) {
      HttpResponse<Buffer> hit = get("/kept/x", staff);
      assertEquals(200, hit.statusCode());
      assertTrue(hit.getHeader("Cache-Status").contains("hit"), hit.getHeader("Cache-Status"));
      assertEquals(401, gateway.get("/kept/x").statusCode());
      assertEquals(401, get("/kept/x", staff + "x").statusCode());
      assertEquals(403, get("/kept/x", issuer.token()).statusCode());
    }
    assertEquals(1, api.asked.size());
  }

  /** Bodies wait for the keys on their way to an upstream, too, and so does what has none. */
  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void aRouteWaitsForTheKeysWithTheBody(HttpVersion version) {
    Promise<HttpServerRequest> asked = Promise.promise();
    var usual = issuer.answers;
    issuer.answers = asked::complete;
    try (RunningGateway fresh = gateway(issuer.keysUrl())) {
      api.answers = request -> request.ok("" + request.body().length());
      HttpClientOptions options =
          new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false);
      HttpClient client = fresh.vertx().createHttpClient(options);
      String token = with("roles", new JsonArray().add("staff"));
      List<Future<Buffer>> answers = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        for (String path : List.of("/open/x", "/kept/" + i)) {
          answers.add(send(client, fresh, HttpMethod.POST, path, token));
          answers.add(send(client, fresh, HttpMethod.GET, path, token));
        }
      }
      await(asked.future()).response().end(issuer.published.toBuffer());
      for (int i = 0; i < answers.size(); i++) {
        assertEquals(i % 2 == 0 ? "300000" : "0", await(answers.get(i)).toString());
      }
    } finally {
      issuer.answers = usual;
    }
  }

  private static Future<Buffer> send(
      HttpClient client, RunningGateway to, HttpMethod method, String path, String token) {
    return client
        .request(method, to.port(), "127.0.0.1", path)
        .compose(
            request -> {
              request.putHeader("Authorization", "Bearer " + token);
              Future<HttpClientResponse> sent =
                  method == HttpMethod.POST
                      ? request.send(Buffer.buffer(new byte[300_000]))
                      : request.send();
              return sent.compose(HttpClientResponse::body);
            });
  }

  @Test
  void twoTokensAreNone() {
    String token = "Bearer " + issuer.token();
    HttpClient client = gateway.vertx().createHttpClient();
    Map<String, Integer> expected = Map.of("/mine", 400, "/led/x", 400, "/open-to-all", 200);
    expected.forEach(
        (path, status) ->
            assertEquals(
                status,
                await(
                    client
                        .request(HttpMethod.GET, gateway.port(), "127.0.0.1", path)
                        .compose(
                            asked -> {
                              asked
                                  .headers()
                                  .add("Authorization", token)
                                  .add("Authorization", token);
                              return asked.send();
                            })
                        .map(HttpClientResponse::statusCode)),
                path));
  }

  @Test
  void ofAllForgeriesNoneIsTakenAndEachIsAnswered() {
    Map<String, String> forgeries = Forgeries.of(issuer);
    List<String> taken = new ArrayList<>();
    forgeries.forEach(
        (what, token) -> {
          HttpResponse<Buffer> answer = get("/mine", token);
          if (answer.statusCode() != 401) taken.add(what + ": " + answer.statusCode());
        });
    assertEquals(List.of(), taken);
    assertEquals(List.of(), api.lines());
    assertTrue(forgeries.size() > 350, "there are " + forgeries.size());
    assertEquals(200, get("/mine", issuer.token()).statusCode());
  }

  /** The keys are fetched for the first of them; the bodies wait. */
  @Test
  void whoComesFirstIsWaitedForWithItsBody() {
    int before = issuer.asked.get();
    Promise<HttpServerRequest> asked = Promise.promise();
    var usual = issuer.answers;
    issuer.answers = asked::complete;
    try (RunningGateway fresh = gateway(issuer.keysUrl())) {
      api.answers = request -> request.ok("{\"bytes\":" + request.body().length() + "}");
      List<Future<HttpResponse<Buffer>>> answers = new ArrayList<>();
      Buffer body = Buffer.buffer(new byte[300_000]);
      String[] fields = {
        "Authorization", "Bearer " + issuer.token(), "Content-Type", "application/octet-stream"
      };
      for (int i = 0; i < 20; i++) {
        answers.add(fresh.sendAsync(HttpMethod.POST, "/mine", body, fields));
        answers.add(fresh.sendAsync(HttpMethod.GET, "/mine", null, fields));
      }
      HttpServerRequest keys = await(asked.future());
      keys.response().end(issuer.published.toBuffer());
      for (int i = 0; i < 20; i++) {
        assertEquals("{\"bytes\":300000}", await(answers.get(2 * i)).bodyAsString());
        assertEquals("{\"bytes\":0}", await(answers.get(2 * i + 1)).bodyAsString());
      }
      assertEquals(before + 1, issuer.asked.get());
    } finally {
      issuer.answers = usual;
    }
  }

  /** An issuer that stays keeps its keys, even while it is away; another's tokens are over. */
  @Test
  void aReloadChangesWhoseTokensAreTaken() {
    try (ToyIssuer other = new ToyIssuer();
        RunningGateway changing = gateway(other.keysUrl())) {
      String mine = other.token();
      assertEquals(200, changing.get("/mine", "Authorization", "Bearer " + mine).statusCode());
      other.answers = request -> request.response().setStatusCode(500).end();
      String more = "second: { issuer: two, audience: [x], keysUrl: \"" + issuer.keysUrl() + "\" }";
      reload(changing, overlay(other.keysUrl()) + "    " + more + "\n");
      String fresh = other.token(other.claims().put("sub", "late"));
      assertEquals(200, changing.get("/mine", "Authorization", "Bearer " + fresh).statusCode());
      String two = issuer.token(issuer.claims().put("iss", "two").put("aud", "x"));
      assertEquals(200, changing.get("/mine", "Authorization", "Bearer " + two).statusCode());
      assertEquals("second:ninja", api.last().fields().get("X-User"));
      String keycloak = "rolesClaim: realm_access.roles, audience:";
      reload(changing, overlay(issuer.keysUrl()).replace("audience:", keycloak));
      JsonObject within = new JsonObject().put("roles", new JsonArray().add("staff"));
      String staff = issuer.token(issuer.claims().put("realm_access", within));
      assertEquals(200, changing.get("/staff", "Authorization", "Bearer " + staff).statusCode());
      assertEquals(401, changing.get("/mine", "Authorization", "Bearer " + mine).statusCode());
      assertEquals(401, changing.get("/mine", "Authorization", "Bearer " + two).statusCode());
    }
  }

  @Test
  void withoutTheIssuersKeysNobodyIsTurnedAwayForGood() {
    try (RunningGateway cut = gateway("http://127.0.0.1:1/jwks.json")) {
      HttpResponse<Buffer> answer = cut.get("/mine", "Authorization", "Bearer " + issuer.token());
      assertEquals(503, answer.statusCode());
      assertEquals("5", answer.getHeader("Retry-After"));
      assertTrue(answer.bodyAsJsonObject().getBoolean("retryable"));
      String forged = ToyIssuer.sign("{\"alg\":\"RS256\"}", "{}", "RS256", issuer.rsa);
      assertEquals(401, cut.get("/mine", "Authorization", "Bearer " + forged).statusCode());
    }
  }
}
