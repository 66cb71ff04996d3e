package dev.sluice.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Settings;
import dev.sluice.harness.RunningGateway;
import dev.sluice.identity.oauth.Login;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a cookie authenticates is refused where another site's page may have sent it. */
class CrossSiteIT {
  private static final String APP = "https://app.example.com";
  private static RunningGateway closed;
  private static RunningGateway listing;

  @BeforeAll
  static void start() {
    closed = new RunningGateway(Login.settings());
    listing =
        new RunningGateway(
            Login.settings(
                "SLUICE_SERVER_CORS_ORIGINS", APP, "SLUICE_SERVER_CORS_CREDENTIALS", "true"));
  }

  @AfterAll
  static void stop() {
    closed.close();
    listing.close();
  }

  private static Person ada(RunningGateway gateway) {
    return Login.through(gateway, "google", "ada@example.com");
  }

  /** As a browser sends it: with the cookies, without the access token. */
  private static HttpResponse<Buffer> send(
      RunningGateway gateway, String operation, Person person, String... headers) {
    String[] words = operation.split(" ");
    List<String> all = new ArrayList<>(List.of(headers));
    all.addAll(List.of("Cookie", person.cookieHeader()));
    return gateway.send(HttpMethod.valueOf(words[0]), words[1], null, all.toArray(String[]::new));
  }

  private static void refused(HttpResponse<Buffer> answer, String code) {
    assertEquals(403, answer.statusCode(), answer.bodyAsString());
    JsonObject body = answer.bodyAsJsonObject();
    boolean flat = !body.containsKey("error");
    assertEquals(
        code, flat ? body.getString("code") : body.getJsonObject("error").getString("code"));
    if (!flat) assertNotNull(body.getJsonObject("error").getString("suggestion"));
    assertEquals(List.of(), answer.cookies());
  }

  private static boolean changes(String operation) {
    return !operation.startsWith("GET");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /auth/refresh",
        "POST /auth/logout",
        "POST /api/auth/refresh",
        "DELETE /api/auth/logout",
        "POST /api/v1/auth/logout",
        "GET /api/auth/session"
      })
  void onlyTheGatewaysOwnPagesUseTheCookie(String operation) {
    Person ada = ada(closed);
    Person grace = Login.through(closed, "google", "grace.hopper@gmail.com");
    String own = "http://127.0.0.1:" + closed.port();
    String csrf = "X-CSRF-Token";
    for (String site : List.of("cross-site", "same-site", "", "SAME-ORIGIN", "x")) {
      refused(
          send(closed, operation, ada, "Sec-Fetch-Site", site, csrf, ada.csrfToken), "CROSS_SITE");
    }
    refused(
        send(
            closed,
            operation,
            ada,
            "Sec-Fetch-Site",
            "cross-site",
            "Origin",
            own,
            csrf,
            ada.csrfToken),
        "CROSS_SITE");
    for (String origin :
        List.of(
            APP,
            "null",
            "",
            "https://127.0.0.1.evil.example",
            "http://127.0.0.1",
            "http://127.0.0.1:" + (closed.port() - 1),
            "http://127.0.0.1:" + closed.port() + "@evil.example",
            "http://a b",
            "x")) {
      refused(send(closed, operation, ada, "Origin", origin, csrf, ada.csrfToken), "CROSS_SITE");
    }
    if (changes(operation)) {
      refused(send(closed, operation, ada, "Origin", own), "CSRF_TOKEN_MISSING");
      refused(send(closed, operation, ada), "CSRF_TOKEN_MISSING");
      refused(send(closed, operation, ada, csrf, grace.csrfToken), "CSRF_TOKEN_INVALID");
      refused(send(closed, operation, ada, csrf, ada.csrfToken + "A"), "CSRF_TOKEN_INVALID");
      refused(send(closed, operation, ada, csrf, ""), "CSRF_TOKEN_INVALID");
    }
    HttpResponse<Buffer> right =
        send(
            closed,
            operation,
            ada,
            "Origin",
            own,
            "Sec-Fetch-Site",
            "same-origin",
            csrf,
            ada.csrfToken);
    int expected = operation.endsWith("logout") ? 204 : 200;
    assertEquals(expected, right.statusCode(), right.bodyAsString());
    assertEquals(200, grace.get("/auth/me").statusCode(), "nothing happened to the other");
  }

  @Test
  void withoutACookieThereIsNothingToProtect() {
    Person ada = ada(closed);
    HttpResponse<Buffer> session =
        closed.get("/api/auth/session", "Sec-Fetch-Site", "cross-site", "Origin", APP);
    assertEquals(200, session.statusCode());
    assertFalse(session.bodyAsJsonObject().getBoolean("authenticated"));
    HttpResponse<Buffer> out =
        closed.send(
            HttpMethod.POST,
            "/auth/logout",
            null,
            "Sec-Fetch-Site",
            "cross-site",
            "Origin",
            APP,
            "Authorization",
            "Bearer " + ada.accessToken);
    assertEquals(204, out.statusCode(), "a token is sent by who has it");
  }

  @Test
  void aSecondCookieIsNoWayAround() {
    Person ada = ada(closed);
    for (String pair : List.of("junk; __Host-refresh=%s", "%s; __Host-refresh=junk")) {
      String cookie = "__Host-refresh=" + pair.formatted(ada.cookies.get("__Host-refresh"));
      HttpResponse<Buffer> answer =
          closed.send(HttpMethod.POST, "/auth/refresh", null, "Cookie", cookie);
      assertTrue(List.of(400, 403).contains(answer.statusCode()), answer.bodyAsString());
    }
    assertEquals(200, ada.refresh().statusCode());
  }

  @Test
  void aPageOfAListedOriginMayUseIt() {
    Person ada = ada(listing);
    String[] from = {"Origin", APP, "Sec-Fetch-Site", "cross-site"};
    refused(send(listing, "POST /auth/refresh", ada, from), "CSRF_TOKEN_MISSING");
    HttpResponse<Buffer> session = send(listing, "GET /api/auth/session", ada, from);
    assertEquals(200, session.statusCode());
    assertEquals(APP, session.getHeader("access-control-allow-origin"));
    assertEquals("true", session.getHeader("access-control-allow-credentials"));
    assertTrue(session.headers().getAll("vary").stream().anyMatch(v -> v.contains("Origin")));
    String csrf = session.bodyAsJsonObject().getString("csrfToken");
    HttpResponse<Buffer> next =
        send(
            listing,
            "POST /auth/refresh",
            ada,
            "Origin",
            APP,
            "Sec-Fetch-Site",
            "same-site",
            "X-CSRF-Token",
            csrf);
    assertEquals(200, next.statusCode(), next.bodyAsString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://app.example.com.evil.example",
        "https://evil-app.example.com",
        "https://app.example.com:8443",
        "http://app.example.com",
        "HTTPS://APP.EXAMPLE.COM",
        "https://app.example.com/",
        "null"
      })
  void noneThatLooksLikeAListedOneMay(String origin) {
    Person ada = ada(listing);
    HttpResponse<Buffer> answer =
        send(
            listing,
            "GET /api/auth/session",
            ada,
            "Origin",
            origin,
            "Sec-Fetch-Site",
            "cross-site");
    refused(answer, "CROSS_SITE");
    assertNull(answer.getHeader("access-control-allow-origin"));
    assertNull(answer.getHeader("access-control-allow-credentials"));
  }

  @Test
  void preflightsSayWhoMaySendCookies() {
    HttpResponse<Buffer> listed = preflight(listing, APP);
    assertEquals(APP, listed.getHeader("access-control-allow-origin"));
    assertEquals("true", listed.getHeader("access-control-allow-credentials"));
    assertEquals("x-csrf-token", listed.getHeader("access-control-allow-headers"));
    assertTrue(listed.getHeader("access-control-allow-methods").contains("POST"));
    HttpResponse<Buffer> other = preflight(listing, "https://evil.example");
    assertNull(other.getHeader("access-control-allow-origin"));
    assertNull(other.getHeader("access-control-allow-credentials"));
    assertNull(other.getHeader("access-control-allow-methods"));
    HttpResponse<Buffer> any = preflight(closed, APP);
    assertEquals("*", any.getHeader("access-control-allow-origin"));
    assertNull(any.getHeader("access-control-allow-credentials"));
  }

  private static HttpResponse<Buffer> preflight(RunningGateway gateway, String origin) {
    return gateway.send(
        HttpMethod.OPTIONS,
        "/auth/refresh",
        null,
        "Origin",
        origin,
        "Access-Control-Request-Method",
        "POST",
        "Access-Control-Request-Headers",
        "x-csrf-token");
  }

  @Test
  void cookiesForEveryPageAreAMistake() {
    Map<String, String> settings = Map.of("SLUICE_SERVER_CORS_CREDENTIALS", "true");
    Exception mistake =
        assertThrows(Exception.class, () -> Settings.load(null, settings, Map.of()));
    assertTrue(mistake.getMessage().contains("credentials need exact origins"), mistake.toString());
  }
}
