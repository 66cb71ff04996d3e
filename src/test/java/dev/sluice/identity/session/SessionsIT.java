package dev.sluice.identity.session;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.identity.Person;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sessions: their turns, their ends, and who hears of those. */
class SessionsIT {
  private static RunningGateway gateway;
  private static RunningGateway other; // another node of the same database
  private static Sql sql;

  @BeforeAll
  static void start() throws IOException {
    Map<String, String> settings =
        Map.of(
            "SLUICE_APPS", "identity,traffic,studio,notebook",
            "SLUICE_IDENTITY_CODES_PERIP", "10000",
            "SLUICE_LIMITS_LOGIN_IP_REQUESTS", "100000");
    gateway = new RunningGateway(settings);
    sql = Sql.of(gateway);
    Map<String, String> shared = new HashMap<>(settings);
    shared.put("SLUICE_STORE_POSTGRES", Sql.uri(gateway));
    shared.put("SLUICE_STORE_KEYSET", Files.readString(gateway.data().resolve("keyset.json")));
    other = new RunningGateway(shared);
  }

  @AfterAll
  static void stop() {
    other.close();
    sql.close();
    gateway.close();
  }

  private static Person someone(String name) {
    return Person.signedIn(gateway, name + "@example.com");
  }

  private static int turn(Person person) {
    return Integer.parseInt(
        sql.rows("SELECT turn FROM sessions WHERE id = ?", person.session()).get(0));
  }

  @Test
  void ofAHundredRefreshesAtOnceOneTakesTheTurnAndAllAreGivenTheSame() {
    Person ada = someone("hundred");
    List<Future<HttpResponse<Buffer>>> asked = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      asked.add(
          gateway.sendAsync(
              HttpMethod.POST,
              "/auth/refresh",
              null,
              "Cookie",
              ada.cookieHeader(),
              "X-CSRF-Token",
              ada.csrfToken));
    }
    Set<String> successors = new HashSet<>();
    for (HttpResponse<Buffer> answer : await(Future.all(asked)).<HttpResponse<Buffer>>list()) {
      assertEquals(200, answer.statusCode(), answer.bodyAsString());
      successors.add(answer.cookies().get(0).split(";")[0]);
    }
    assertEquals(1, successors.size());
    assertEquals(1, turn(ada));
    ada.cookies.put("__Host-refresh", successors.iterator().next().split("=", 2)[1]);
    assertEquals(200, ada.refresh().statusCode());
    assertEquals(2, turn(ada));
  }

  @Test
  void whoHasLostTheAnswerGetsItAgainButNotAnHourLater() {
    Person ada = someone("late");
    String first = ada.cookies.get("__Host-refresh");
    assertEquals(200, ada.refresh().statusCode());
    String second = ada.cookies.get("__Host-refresh");
    ada.cookies.put("__Host-refresh", first);
    assertEquals(200, ada.refresh().statusCode());
    assertEquals(second, ada.cookies.get("__Host-refresh"));
    assertEquals(200, ada.get("/auth/me").statusCode());

    sql.update(
        "UPDATE sessions SET turned_at = turned_at - interval '1 hour' WHERE id = ?",
        ada.session());
    ada.cookies.put("__Host-refresh", first);
    HttpResponse<Buffer> replay = ada.refresh();
    assertEquals(401, replay.statusCode());
    assertEquals("REFRESH_TOKEN_REUSED", error(replay).getString("code"));
    assertEquals(401, ada.get("/auth/me").statusCode());
    ada.cookies.put("__Host-refresh", second);
    assertEquals("SESSION_ENDED", error(ada.refresh()).getString("code"));
  }

  @Test
  void aTokenOfTwoTurnsBeforeEndsTheFamilyAtOnce() {
    Person ada = someone("twice");
    String first = ada.cookies.get("__Host-refresh");
    ada.refresh();
    ada.refresh();
    ada.cookies.put("__Host-refresh", first);
    assertEquals("REFRESH_TOKEN_REUSED", error(ada.refresh()).getString("code"));
  }

  @Test
  void whatIsNoRefreshTokenIsRefusedAndEndsNothing() {
    Person ada = someone("forged");
    String good = ada.cookies.get("__Host-refresh");
    char last = good.charAt(good.length() - 3);
    for (String bad :
        List.of(
            "x",
            good.substring(1),
            good + "A",
            good.substring(0, good.length() - 3)
                + (last == 'A' ? 'B' : 'A')
                + good.substring(good.length() - 2),
            "A".repeat(good.length()),
            ada.accessToken)) {
      ada.cookies.put("__Host-refresh", bad);
      HttpResponse<Buffer> answer = ada.refresh();
      assertTrue(List.of(400, 401).contains(answer.statusCode()), bad + answer.bodyAsString());
    }
    ada.cookies.put("__Host-refresh", good);
    assertEquals(200, ada.refresh().statusCode());
  }

  @Test
  void aSessionThatIsOldOrIdleHasExpired() {
    for (String column : List.of("idle_until", "expires_at")) {
      Person ada = someone(column.replace('_', '-'));
      sql.update("UPDATE sessions SET " + column + " = now() WHERE id = ?", ada.session());
      assertEquals("SESSION_EXPIRED", error(ada.refresh()).getString("code"));
      assertEquals("SESSION_ENDED", error(ada.refresh()).getString("code"));
    }
  }

  @Test
  void sessionsAreSeenAndEndedByTheirUserAlone() {
    Person desk = someone("sees");
    Person phone = Person.signedIn(gateway, "sees@example.com", "User-Agent", "Phone 1");
    Person eve = someone("eve");
    JsonArray seen = desk.get("/auth/sessions").bodyAsJsonObject().getJsonArray("sessions");
    assertEquals(2, seen.size());
    JsonObject its = seen.getJsonObject(0);
    assertEquals(phone.session().toString(), its.getString("id"));
    assertEquals("Phone 1", its.getString("userAgent"));
    assertEquals("127.0.0.1", its.getString("ipAddress"));
    assertEquals("code", its.getString("method"));
    assertEquals(false, its.getBoolean("current"));
    assertEquals(true, seen.getJsonObject(1).getBoolean("current"));

    String path = "/auth/sessions/" + phone.session();
    HttpResponse<Buffer> refused = eve.send(HttpMethod.DELETE, path, null);
    assertEquals("SESSION_NOT_FOUND", error(refused).getString("code"));
    assertEquals(200, phone.get("/auth/me").statusCode());
    assertEquals(204, desk.send(HttpMethod.DELETE, path, null).statusCode());
    assertEquals(401, phone.get("/auth/me").statusCode());
    assertEquals(404, desk.send(HttpMethod.DELETE, path, null).statusCode());
    assertEquals(400, desk.send(HttpMethod.DELETE, "/auth/sessions/x", null).statusCode());

    Person third = someone("sees");
    HttpResponse<Buffer> ended = desk.send(HttpMethod.DELETE, "/auth/sessions", null);
    assertEquals(1, ended.bodyAsJsonObject().getInteger("ended"));
    assertEquals(401, third.get("/auth/me").statusCode());
    assertEquals(200, desk.get("/auth/me").statusCode());
  }

  /** The other node knows the token before it is told that its session has ended. */
  @Test
  void anEndIsHeardOnEveryNode() {
    Person ada = someone("nodes");
    assertEquals(200, me(other, ada));
    assertEquals(204, ada.post("/auth/logout", null).statusCode());
    other.until("the end was heard", () -> me(other, ada) == 401);
    assertEquals(401, me(gateway, ada));
  }

  private static int me(RunningGateway node, Person person) {
    return node.get("/auth/me", "Authorization", "Bearer " + person.accessToken).statusCode();
  }

  @Test
  void tokensAreOfEveryNode() {
    Person ada = someone("both");
    assertEquals(200, me(other, ada));
    assertNotEquals(
        0, other.get("/.well-known/jwks.json").bodyAsJsonObject().getJsonArray("keys").size());
    assertEquals(
        gateway.get("/.well-known/jwks.json").bodyAsString(),
        other.get("/.well-known/jwks.json").bodyAsString());
  }

  @Test
  void aTokenIsDescribedAndRevokedByWhoHasIt() {
    Person ada = someone("described");
    JsonObject said =
        ada.post(
                "/auth/validate",
                new JsonObject().put("token", ada.accessToken).put("permission", "x"))
            .bodyAsJsonObject();
    assertEquals(true, said.getBoolean("valid"));
    assertEquals(ada.user.getString("id"), said.getString("userId"));
    assertEquals(ada.session().toString(), said.getString("sessionId"));
    assertEquals("free", said.getString("tier"));
    assertEquals(false, said.getBoolean("allowed"));
    JsonObject bad = new JsonObject().put("token", ada.accessToken + "x");
    assertEquals(false, ada.post("/auth/validate", bad).bodyAsJsonObject().getBoolean("valid"));
    assertEquals(200, ada.post("/auth/revoke", bad).statusCode());
    assertEquals(200, ada.get("/auth/me").statusCode());
    JsonObject token = new JsonObject().put("token", ada.accessToken);
    assertEquals(200, ada.post("/auth/revoke", token).statusCode());
    assertEquals(401, ada.get("/auth/me").statusCode());
    assertEquals(
        "its session has ended",
        ada.post("/auth/validate", token).bodyAsJsonObject().getString("reason"));

    Person bob = someone("bob");
    JsonObject refresh = new JsonObject().put("token", bob.cookies.get("__Host-refresh"));
    assertEquals(200, bob.post("/auth/revoke", refresh).statusCode());
    assertEquals(401, bob.get("/auth/me").statusCode());
  }

  @Test
  void anOperatorsTokenStaysRevokedForAsLongAsItWouldBeGood() {
    String token =
        await(
            gateway
                .gateway()
                .identity()
                .operatorToken("ops@example.com", List.of("admin"), Duration.ofHours(20)));
    Person ops = new Person(gateway);
    ops.accessToken = token;
    assertEquals(200, ops.get("/admin/users").statusCode());
    UUID session = ops.session();
    assertEquals(200, ops.post("/auth/revoke", new JsonObject().put("token", token)).statusCode());
    assertEquals(401, ops.get("/admin/users").statusCode());
    List<String> told =
        sql.rows("SELECT tokens_of(s) > 71000 FROM sessions s WHERE id = ?", session);
    assertEquals(List.of("t"), told);
  }
}
