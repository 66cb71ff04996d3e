package dev.sluice.identity.oauth;

import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Tables;
import dev.sluice.identity.Person;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who has signed in at a provider's gets its tokens anew, by a cookie that serves once. */
class OAuthRefreshIT {
  private static final String PROVIDER = "__Host-provider";
  private static RunningGateway gateway;
  private static Tables tables;

  @BeforeAll
  static void start() {
    gateway = new RunningGateway(Login.settings());
    tables = new Tables(gateway);
  }

  @AfterAll
  static void stop() {
    tables.close();
    gateway.close();
  }

  @AfterEach
  void mend() {
    gateway.endFaults();
  }

  private static HttpResponse<Buffer> refresh(Person person) {
    return person.post("/api/auth/refresh", null);
  }

  private static JsonObject refreshed(Person person) {
    HttpResponse<Buffer> answer = refresh(person);
    assertEquals(200, answer.statusCode(), answer.bodyAsString());
    return answer.bodyAsJsonObject();
  }

  private static String token(JsonObject body) {
    return body.getJsonObject("providerToken").getString("accessToken");
  }

  /** As if the time after a turn were over. */
  private static void later() {
    tables.run(
        "UPDATE identity.sessions SET turned_at = turned_at - interval '10 min',"
            + " provider_turned_at = provider_turned_at - interval '10 min'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"google", "microsoft"})
  void eachTurnGivesAnotherTokenAndAnotherCookie(String provider) {
    Person ada = Login.through(gateway, provider, "ada@example.com");
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      seen.add(ada.cookies.get(PROVIDER));
      seen.add(ada.cookies.get("__Host-refresh"));
      JsonObject body = refreshed(ada);
      assertEquals(provider, body.getString("provider"));
      seen.add(token(body));
      assertEquals(200, ada.get("/auth/me").statusCode());
      later();
    }
    assertEquals(15, seen.stream().distinct().count());
  }

  @Test
  void anOldProviderCookieEndsTheSession() {
    Person ada = Login.through(gateway, "google", "ada@example.com");
    String old = ada.cookies.get(PROVIDER);
    refreshed(ada);
    later();
    ada.cookies.put(PROVIDER, old);
    HttpResponse<Buffer> answer = refresh(ada);
    assertEquals(401, answer.statusCode());
    assertEquals("PROVIDER_COOKIE_REUSED", error(answer).getString("code"));
    assertNotNull(error(answer).getString("suggestion"));
    assertEquals(401, ada.get("/auth/me").statusCode());
    ada.accessToken = null;
    assertFalse(ada.get("/api/auth/session").bodyAsJsonObject().getBoolean("authenticated", true));
    assertEquals("SESSION_ENDED", error(refresh(ada)).getString("code"));
    assertTrue(
        tables.run("SELECT end_reason FROM identity.sessions").contains("reuse"),
        "and why is kept");
  }

  @Test
  void anOldRefreshTokenEndsItToo() {
    Person ada = Login.through(gateway, "google", "ada@example.com");
    String old = ada.cookies.get("__Host-refresh");
    refreshed(ada);
    later();
    ada.cookies.put("__Host-refresh", old);
    assertEquals("REFRESH_TOKEN_REUSED", error(refresh(ada)).getString("code"));
    assertEquals(401, ada.get("/auth/me").statusCode());
  }

  @Test
  void twentyTabsAtOnceLoseNobody() {
    Person ada = Login.through(gateway, "microsoft", "ada@example.com");
    String cookies = ada.cookieHeader();
    List<Future<HttpResponse<Buffer>>> answers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      answers.add(
          gateway.sendAsync(
              HttpMethod.POST,
              "/api/auth/refresh",
              null,
              "Cookie",
              cookies,
              "X-CSRF-Token",
              ada.csrfToken));
    }
    List<String> tokens = new ArrayList<>();
    for (Future<HttpResponse<Buffer>> one : answers) {
      HttpResponse<Buffer> answer = RunningGateway.await(one);
      assertEquals(200, answer.statusCode(), answer.bodyAsString());
      tokens.add(token(answer.bodyAsJsonObject()));
      for (String line : answer.cookies()) {
        String[] pair = line.split(";", 2)[0].split("=", 2);
        ada.cookies.put(pair[0], pair[1]); // whichever comes last
      }
    }
    assertEquals(20, tokens.stream().distinct().count());
    later();
    assertNotNull(token(refreshed(ada)), "the last one serves on");
  }

  @Test
  void withoutGraceTheSecondOfTwoEndsTheSession() {
    try (RunningGateway strict =
        new RunningGateway(Login.settings("SLUICE_IDENTITY_SESSIONS_GRACE", "0s"))) {
      Person ada = Login.through(strict, "google", "ada@example.com");
      assertNotNull(token(refreshed(ada)));
      String old = ada.cookies.get(PROVIDER);
      assertNotNull(token(refreshed(ada)));
      ada.cookies.put(PROVIDER, old);
      assertEquals("PROVIDER_COOKIE_REUSED", error(refresh(ada)).getString("code"));
    }
  }

  @Test
  void aCookieOfAnotherSessionIsOfNoUse() {
    Person ada = Login.through(gateway, "google", "ada@example.com");
    Person grace = Login.through(gateway, "google", "grace.hopper@gmail.com");
    grace.cookies.put(PROVIDER, ada.cookies.get(PROVIDER));
    JsonObject body = refreshed(grace);
    assertNull(body.getValue("provider"));
    assertNull(body.getValue("providerToken"));
    assertFalse(grace.cookies.containsKey(PROVIDER), "and is taken away");
    assertNotNull(token(refreshed(ada)), "its owner's turn is not taken");
  }

  @Test
  void whoHasSignedInByACodeHasNoneOfTheOldSession() {
    Person ada = Login.through(gateway, "google", "ada@example.com");
    Person again = Person.signedIn(gateway, "ada@example.com");
    again.cookies.put(PROVIDER, ada.cookies.get(PROVIDER));
    assertNull(refreshed(again).getValue("providerToken"));
  }

  @Test
  void aTamperedCookieIsAsGoodAsNone() {
    Person ada = Login.through(gateway, "google", "ada@example.com");
    String good = ada.cookies.get(PROVIDER);
    char[] bits = good.toCharArray();
    bits[good.length() / 2] = bits[good.length() / 2] == 'A' ? 'B' : 'A';
    for (String bad :
        List.of(new String(bits), good.substring(4), good + "AAAA", "A", "%00", "..", "{}")) {
      ada.cookies.put(PROVIDER, bad);
      JsonObject body = refreshed(ada);
      assertNull(body.getValue("providerToken"), bad);
      assertFalse(ada.cookies.containsKey(PROVIDER), bad);
    }
    ada.cookies.put(PROVIDER, good);
    assertNotNull(token(refreshed(ada)), "no turn of it was taken");
  }

  @Test
  void theSessionOutlivesTheConsent() {
    Person ada = Login.through(gateway, "google", "ada@example.com");
    gateway.control(
        HttpMethod.POST,
        "/control/grants/revoke",
        new JsonObject().put("provider", "google").put("email", "ada@example.com"));
    JsonObject body = refreshed(ada);
    assertNull(body.getValue("providerToken"));
    assertNull(body.getValue("provider"), "where the user must sign in again");
    assertFalse(ada.cookies.containsKey(PROVIDER));
    assertEquals(200, ada.get("/auth/me").statusCode());
    assertEquals(200, refresh(ada).statusCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"status\":500}",
        "{\"status\":503}",
        "{\"dropConnection\":true}",
        "{\"dropConnection\":\"body\"}",
        "{\"garbage\":true}",
        "{\"status\":400,\"garbage\":true}",
        "{\"status\":404}"
      })
  void theSessionOutlivesAnOutageOfTheProvider(String fault) {
    Person ada = Login.through(gateway, "google", "ada@example.com");
    JsonObject what = new JsonObject(fault).put("provider", "google").put("operation", "token");
    gateway.control(HttpMethod.POST, "/control/faults", what);
    for (int i = 0; i < 2; i++) {
      String before = ada.cookies.get(PROVIDER);
      JsonObject body = refreshed(ada);
      assertNull(body.getValue("providerToken"));
      assertEquals("google", body.getString("provider"), "it may be asked again");
      assertNotEquals(before, ada.cookies.get(PROVIDER));
      later();
    }
    gateway.endFaults();
    assertNotNull(token(refreshed(ada)));
  }

  @Test
  void signingOutTakesBothCookiesAway() {
    Person ada = Login.through(gateway, "google", "ada@example.com");
    String refresh = ada.cookies.get("__Host-refresh");
    HttpResponse<Buffer> out = ada.send(HttpMethod.DELETE, "/api/auth/logout", null);
    assertEquals(204, out.statusCode());
    assertTrue(ada.cookies.isEmpty());
    assertEquals(401, ada.get("/auth/me").statusCode());
    ada.cookies.put("__Host-refresh", refresh);
    assertEquals("SESSION_ENDED", error(refresh(ada)).getString("code"));
  }
}
