package dev.sluice.identity.oauth;

import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Tables;
import dev.sluice.identity.Person;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a sign-in at a provider's may be sent but should not. */
class OAuthRefusalsIT {
  private static RunningGateway gateway;
  private static Tables tables;

  @BeforeAll
  static void start() {
    String listed =
        Login.REDIRECT
            + ",https://app.example.com/callback,http://127.0.0.1/desktop,http://[::1]/desktop";
    gateway = new RunningGateway(Login.settings("SLUICE_IDENTITY_OAUTH_REDIRECTURIS", listed));
    tables = new Tables(gateway);
  }

  @AfterAll
  static void stop() {
    tables.close();
    gateway.close();
  }

  /** Nobody has come in by what was refused. */
  @AfterEach
  void nobodyIsIn() {
    assertEquals(List.of(), tables.run("SELECT id FROM identity.sessions"));
    assertEquals(List.of(), tables.run("SELECT id FROM identity.users"));
  }

  private static void refused(HttpResponse<Buffer> answer, int status, String code) {
    assertEquals(status, answer.statusCode(), answer.bodyAsString());
    assertEquals(code, error(answer).getString("code"));
    assertNotNull(error(answer).getString("suggestion"), answer.bodyAsString());
    assertEquals(List.of(), answer.cookies());
  }

  private static Login google() {
    return Login.begin(new Person(gateway), "google");
  }

  private static HttpResponse<Buffer> begin(JsonObject wish) {
    return new Person(gateway).post("/api/auth/login", wish);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:3001/callback",
        "http://localhost:3000/callback/",
        "http://localhost:3000/callback?x=1",
        "http://localhost:3000/callback#x",
        "http://localhost:3000/CALLBACK",
        "http://localhost:3000/callback/../callback",
        "http://localhost:3000/%63allback",
        "https://localhost:3000/callback",
        "http://localhost/desktop",
        "http://localhost.evil.example:3000/callback",
        "http://localhost:3000@evil.example/callback",
        "http://user@localhost:3000/callback",
        "https://app.example.com:8443/callback",
        "https://app.example.com.evil.example/callback",
        "https://app.example.com@evil.example/callback",
        "https://evil.example\\@app.example.com/callback",
        "https://APP.example.com/callback",
        "https://app.example.com./callback",
        "https://аpp.example.com/callback",
        "//app.example.com/callback",
        "javascript:alert(1)//https://app.example.com/callback",
        "data:text/html,x",
        " https://app.example.com/callback",
        "https://app.example.com/callback\r\nSet-Cookie: a=b",
        "http://127.0.0.1:5000/other",
        "http://127.0.0.1:5000/desktop#x",
        "http://user@127.0.0.1:5000/desktop",
        "http://127.0.0.1:5000@evil.example/desktop",
        "http://127.0.0.1.evil.example:5000/desktop",
        "http://evil.example:5000/http://127.0.0.1:5000/desktop",
        "https://127.0.0.1:5000/desktop",
        "http://127.0.0.1:99999/desktop",
        "http://127.0.0.1:/desktop",
        "http://127.0.0.1:-1/desktop",
        "http://127.1:5000/desktop",
        "http://2130706433:5000/desktop",
        "http://0.0.0.0:5000/desktop",
        "http://[::ffff:127.0.0.1]:5000/desktop",
        "HTTP://127.0.0.1:5000/desktop"
      })
  void nobodyIsSentElsewhere(String uri) {
    JsonObject wish = Login.wish("google").put("redirectUri", uri);
    refused(begin(wish), 400, "REDIRECT_URI_NOT_ALLOWED");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://app.example.com/callback",
        "http://127.0.0.1/desktop",
        "http://127.0.0.1:1/desktop",
        "http://127.0.0.1:65535/desktop",
        "http://[::1]:5000/desktop"
      })
  void whatIsListedIsTaken(String uri) {
    HttpResponse<Buffer> answer = begin(Login.wish("google").put("redirectUri", uri));
    assertEquals(200, answer.statusCode(), answer.bodyAsString());
  }

  /** The door refuses it, before anybody compares or keeps it. */
  @Test
  void noTextHasWhatNoStoreKeeps() {
    String uri = "https://app.example.com/callback\u0000";
    refused(begin(Login.wish("google").put("redirectUri", uri)), 400, "VALIDATION_ERROR");
    Login login = google();
    JsonObject back = login.back("x\u0000");
    refused(login.person.post("/api/auth/callback", back), 400, "VALIDATION_ERROR");
    for (String state : List.of("\u0000", "\ud800")) {
      back = login.back("x").put("state", state);
      refused(login.person.post("/api/auth/callback", back), 400, "VALIDATION_ERROR");
    }
  }

  @Test
  void aStateThatNobodyGaveOutIsNone() {
    Login login = google();
    String code = login.code("ada@example.com");
    for (String state : List.of("x", "' OR 1=1 --", "é".repeat(100))) {
      JsonObject back = login.back(code).put("state", state);
      refused(login.person.post("/api/auth/callback", back), 400, "STATE_INVALID");
    }
  }

  @Test
  void aStateServesOnce() {
    Login login = google();
    String code = login.code("ada@example.com");
    List<Future<HttpResponse<Buffer>>> ends = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ends.add(
          gateway.sendAsync(
              HttpMethod.POST,
              "/api/auth/callback",
              login.back(code).toBuffer(),
              "Content-Type",
              "application/json",
              "Cookie",
              login.person.cookieHeader()));
    }
    int in = 0;
    for (Future<HttpResponse<Buffer>> end : ends) {
      HttpResponse<Buffer> answer = RunningGateway.await(end);
      if (answer.statusCode() == 200) in++;
      else refused(answer, 400, "STATE_INVALID");
    }
    assertEquals(1, in);
    refused(login.end(code), 400, "STATE_INVALID");
    tables.run("DELETE FROM identity.users");
  }

  @Test
  void aStateServesForAWhile() {
    Login login = google();
    String code = login.code("ada@example.com");
    tables.run("UPDATE identity.oauth_states SET expires_at = now()");
    refused(login.end(code), 400, "STATE_EXPIRED");
    refused(login.end(code), 400, "STATE_INVALID");
  }

  @Test
  void anotherBrowserEndsNothing() {
    Login login = google();
    String code = login.code("ada@example.com");
    JsonObject back = login.back(code);
    HttpResponse<Buffer> bare = new Person(gateway).post("/api/auth/callback", back);
    refused(bare, 403, "OTHER_BROWSER"); // and takes nothing away from who has begun
    assertTrue(error(bare).getString("suggestion").contains("credentials"));
    refused(google().person.post("/api/auth/callback", back), 403, "OTHER_BROWSER");
    refused(login.end(code), 400, "STATE_INVALID");
    Login victim = google();
    Login attacker = google();
    JsonObject trap = attacker.back(attacker.code("ada@example.com"));
    refused(victim.person.post("/api/auth/callback", trap), 403, "OTHER_BROWSER");
    gateway.until(
        "it is written down",
        () -> tables.dump("identity").stream().anyMatch(row -> row.contains("OTHER_BROWSER")));
  }

  @Test
  void theVerifierIsThatOfTheChallenge() {
    Login login = google();
    JsonObject back = login.back(login.code("ada@example.com")).put("codeVerifier", "x".repeat(43));
    refused(login.person.post("/api/auth/callback", back), 400, "CODE_VERIFIER_INVALID");
  }

  @Test
  void aCodeOfAnotherSignInSignsNobodyIn() {
    Login attacker = google();
    String stolen = attacker.code("ada@example.com");
    refused(google().end(stolen), 401, "OTHER_SIGN_IN"); // the same challenge, another nonce
    refused(google().end(stolen), 401, "PROVIDER_REFUSED"); // it is used by now
    Login other = Login.begin(new Person(gateway), "microsoft");
    refused(google().end(other.code("ada@example.com")), 401, "PROVIDER_REFUSED");
    for (String code : List.of("x", "a&grant_type=refresh_token", "x".repeat(4096))) {
      refused(google().end(code), 401, "PROVIDER_REFUSED");
    }
  }

  @Test
  void aWishIsOfItsTypes() {
    List<Object> strange =
        List.of(1, true, new JsonObject(), new JsonArray().add("google"), "", "x".repeat(5000));
    for (String field : Login.wish("google").put("loginHint", "").fieldNames()) {
      for (Object value : strange) {
        refused(begin(Login.wish("google").put(field, value)), 400, field(field, value));
      }
    }
    for (String challenge : List.of("a".repeat(42), "a".repeat(44), "+".repeat(43))) {
      JsonObject wish = Login.wish("google").put("codeChallenge", challenge);
      refused(begin(wish), 400, "VALIDATION_ERROR");
    }
    for (String provider : List.of("Google", "facebook", "google ", "../google")) {
      refused(begin(Login.wish(provider)), 400, "VALIDATION_ERROR");
    }
    refused(begin(new JsonObject()), 400, "VALIDATION_ERROR");
    refused(begin(Login.wish("google").put("more", 1)), 400, "VALIDATION_ERROR");
    refused(begin(null), 400, "VALIDATION_ERROR");
  }

  /** A text that is no redirectUri is refused as any other that is not listed. */
  private static String field(String field, Object value) {
    boolean plain = value instanceof String text && !text.isEmpty() && text.length() <= 2000;
    return field.equals("redirectUri") && plain ? "REDIRECT_URI_NOT_ALLOWED" : "VALIDATION_ERROR";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ada@example.com\r\nSet-Cookie: a=b",
        "ada@example.com\nLocation: https://evil.example",
        "ada@example.com\u0000",
        "ada@exam ple.com",
        "<script>@example.com>",
        "nobody"
      })
  void aHintIsAnAddress(String hint) {
    refused(begin(Login.wish("google").put("loginHint", hint)), 400, "VALIDATION_ERROR");
  }

  @Test
  void whatComesBackIsOfItsTypes() {
    Login login = google();
    for (String field : login.back("x").fieldNames()) {
      for (Object value : List.of(1, false, new JsonObject(), new JsonArray(), "")) {
        JsonObject back = login.back("x").put(field, value);
        refused(login.person.post("/api/auth/callback", back), 400, "VALIDATION_ERROR");
      }
    }
    for (String verifier : List.of("x".repeat(42), "x".repeat(129), "é".repeat(43))) {
      JsonObject back = login.back("x").put("codeVerifier", verifier);
      refused(login.person.post("/api/auth/callback", back), 400, "VALIDATION_ERROR");
    }
    for (String body : List.of("[]", "1", "\"x\"", "{", "null", "\u0000")) {
      HttpResponse<Buffer> answer =
          gateway.send(
              HttpMethod.POST,
              "/api/auth/callback",
              Buffer.buffer(body),
              "Content-Type",
              "application/json");
      refused(answer, 400, "VALIDATION_ERROR");
    }
  }

  /** Else any page could have a form sent that signs its visitor in as somebody else. */
  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})
  void aFormIsNotTaken(String type) {
    for (String uri : List.of("/api/auth/callback", "/api/auth/login", "/auth/verify-otp")) {
      HttpResponse<Buffer> answer =
          gateway.send(HttpMethod.POST, uri, google().back("x").toBuffer(), "Content-Type", type);
      refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE");
    }
  }

  @Test
  void cookiesAreOfSomeSize() {
    Map<String, String> cookies =
        Map.of(
            "__Host-refresh", "/api/auth/refresh",
            "__Host-provider", "/api/auth/refresh",
            "__Host-oauth", "/api/auth/callback");
    cookies.forEach(
        (name, uri) -> {
          Buffer body = uri.endsWith("callback") ? google().back("x").toBuffer() : null;
          refused(withCookie(uri, body, name, 5_000), 400, "VALIDATION_ERROR");
          HttpResponse<Buffer> answer = withCookie(uri, body, name, 20_000);
          assertEquals(431, answer.statusCode());
          assertEquals("HEADERS_TOO_LARGE", error(answer).getString("code"));
          assertFalse(answer.bodyAsString().contains("xxxxxxxxxx"));
        });
  }

  private static HttpResponse<Buffer> withCookie(String uri, Buffer body, String name, int size) {
    String cookie = name + "=" + "x".repeat(size);
    return body == null
        ? gateway.send(HttpMethod.POST, uri, null, "Cookie", cookie)
        : gateway.send(
            HttpMethod.POST, uri, body, "Cookie", cookie, "Content-Type", "application/json");
  }

  @Test
  void aRefreshTokenIsOfThisGateway() {
    for (String cookie : List.of("x", "A".repeat(70), "%", "a b", "\"x\"", "..")) {
      HttpResponse<Buffer> answer =
          gateway.send(
              HttpMethod.POST, "/api/auth/refresh", null, "Cookie", "__Host-refresh=" + cookie);
      assertEquals(401, answer.statusCode(), cookie);
      assertTrue(error(answer).getString("code").startsWith("REFRESH_TOKEN_"), cookie);
      assertNotNull(error(answer).getString("suggestion"));
    }
    HttpResponse<Buffer> none = gateway.send(HttpMethod.POST, "/api/auth/refresh", null);
    refused(none, 401, "REFRESH_TOKEN_MISSING");
    String two = "__Host-refresh=a; __Host-refresh=b";
    HttpResponse<Buffer> both =
        gateway.send(HttpMethod.POST, "/api/auth/refresh", null, "Cookie", two);
    refused(both, 400, "VALIDATION_ERROR");
  }
}
