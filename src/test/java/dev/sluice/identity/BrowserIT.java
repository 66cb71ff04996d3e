package dev.sluice.identity;

import static dev.sluice.harness.Chromium.cookie;
import static dev.sluice.harness.Chromium.fetch;
import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.SameSiteAttribute;
import com.microsoft.playwright.options.WaitUntilState;
import dev.sluice.harness.Chromium;
import dev.sluice.harness.Chromium.Fetched;
import dev.sluice.harness.HeldPort;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Tables;
import dev.sluice.identity.oauth.Login;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * People sign in by a real browser, from a page of the gateway's. It is at {@code
 * http://localhost}, where Chromium takes {@code Secure} and {@code __Host-} cookies without TLS.
 */
class BrowserIT {
  private static Chromium chromium;
  private static RunningGateway gateway;
  private static Tables tables;
  private static HttpServer elsewhere;
  private static String home;

  @BeforeAll
  static void start() throws IOException {
    chromium = new Chromium();
    try (HeldPort port = new HeldPort()) { // where users are sent back to has it in its settings
      home = "http://localhost:" + port.port();
      gateway =
          new RunningGateway(
              Login.settings(
                  "SLUICE_SERVER_PORT",
                  "" + port.port(),
                  "SLUICE_IDENTITY_OAUTH_REDIRECTURIS",
                  home + "/docs"));
    }
    tables = new Tables(gateway);
    elsewhere =
        await(
            gateway
                .vertx()
                .createHttpServer()
                .requestHandler(
                    request ->
                        request
                            .response()
                            .putHeader("content-type", "text/html")
                            .end("<!doctype html><title>Elsewhere</title>"))
                .listen(0, "127.0.0.1"));
  }

  @AfterAll
  static void stop() {
    if (tables != null) tables.close();
    if (gateway != null) gateway.close();
    if (chromium != null) chromium.close();
  }

  private static Page open(BrowserContext person, String url) {
    Page page = person.newPage();
    page.navigate(url, new Page.NavigateOptions().setWaitUntil(WaitUntilState.DOMCONTENTLOADED));
    return page;
  }

  private static Fetched post(Page page, String uri, JsonObject body) {
    return fetch(page, "POST", uri, body, Map.of());
  }

  private static JsonObject session(Page page) {
    return fetch(page, "GET", "/api/auth/session", null, Map.of()).json();
  }

  private static JsonObject signIn(Page page, String email) {
    JsonObject who = new JsonObject().put("email", email);
    int before = Person.mails(gateway, email).size();
    assertEquals(200, post(page, "/auth/request-otp", who).status());
    String code = Person.code(gateway, email, before);
    Fetched in = post(page, "/auth/verify-otp", who.copy().put("code", code));
    assertEquals(200, in.status(), in.text());
    return in.json();
  }

  @Test
  void aCodeSignsInUntilOneSignsOut() {
    try (BrowserContext person = chromium.person()) {
      Page page = open(person, home + "/docs");
      assertFalse(session(page).getBoolean("authenticated"));
      JsonObject in = signIn(page, "grace@example.com");
      locked(cookie(person, "__Host-refresh").orElseThrow());
      assertEquals("", page.evaluate("document.cookie"), "no script sees it");

      page.reload(new Page.ReloadOptions().setWaitUntil(WaitUntilState.DOMCONTENTLOADED));
      JsonObject session = session(page);
      assertTrue(session.getBoolean("authenticated"));
      assertEquals("grace@example.com", session.getJsonObject("user").getString("email"));
      String csrf = session.getString("csrfToken");
      assertEquals(in.getString("csrfToken"), csrf);

      String before = cookie(person, "__Host-refresh").orElseThrow().value;
      assertEquals("CSRF_TOKEN_MISSING", post(page, "/auth/refresh", null).code());
      Map<String, String> shown = Map.of("X-CSRF-Token", csrf);
      Fetched next = fetch(page, "POST", "/auth/refresh", null, shown);
      assertEquals(200, next.status(), next.text());
      assertNotEquals(before, cookie(person, "__Host-refresh").orElseThrow().value);
      String token = next.json().getString("accessToken");
      Map<String, String> bearer = Map.of("Authorization", "Bearer " + token);
      Fetched me = fetch(page, "GET", "/auth/me", null, bearer);
      assertEquals("grace@example.com", me.json().getString("email"));

      assertEquals(204, fetch(page, "POST", "/auth/logout", null, shown).status());
      assertFalse(session(page).getBoolean("authenticated"));
      assertEquals(List.of(), person.cookies());
      assertEquals(401, fetch(page, "GET", "/auth/me", null, bearer).status());
    }
  }

  private static void locked(Cookie cookie) {
    assertTrue(cookie.httpOnly);
    assertTrue(cookie.secure);
    assertEquals(SameSiteAttribute.STRICT, cookie.sameSite);
    assertEquals("/", cookie.path);
    assertEquals("localhost", cookie.domain, "of this host alone, or a dot would come first");
    assertTrue(cookie.expires > System.currentTimeMillis() / 1000.0 + 29 * 86_400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"google", "microsoft"})
  void aProviderSignsIn(String provider) {
    try (BrowserContext person = chromium.person()) {
      Page page = open(person, home + "/docs");
      JsonObject back = consent(page, provider);
      try (BrowserContext other = chromium.person()) {
        Fetched stolen = post(open(other, home + "/docs"), "/api/auth/callback", back);
        assertEquals("OTHER_BROWSER", stolen.code());
        assertEquals(List.of(), other.cookies());
      }
      Fetched in = post(page, "/api/auth/callback", back);
      assertEquals(200, in.status(), in.text());
      assertEquals("ada@example.com", in.json().getJsonObject("user").getString("email"));
      assertEquals("", page.evaluate("document.cookie"));
      locked(cookie(person, "__Host-refresh").orElseThrow());
      locked(cookie(person, "__Host-provider").orElseThrow());
      assertTrue(cookie(person, "__Host-oauth").isEmpty());

      page.reload(new Page.ReloadOptions().setWaitUntil(WaitUntilState.DOMCONTENTLOADED));
      Map<String, String> shown = Map.of("X-CSRF-Token", session(page).getString("csrfToken"));
      Fetched next = fetch(page, "POST", "/api/auth/refresh", null, shown);
      assertEquals(200, next.status(), next.text());
      assertNotEquals(theirs(in), theirs(next));
      assertEquals(204, fetch(page, "DELETE", "/api/auth/logout", null, shown).status());
      assertEquals(List.of(), person.cookies());
    }
  }

  private static String theirs(Fetched answer) {
    return answer.json().getJsonObject("providerToken").getString("accessToken");
  }

  /** Goes to the provider and comes back; gives what is to be sent then. */
  private static JsonObject consent(Page page, String provider) {
    JsonObject wish = Login.wish(provider).put("redirectUri", home + "/docs");
    JsonObject begun = post(page, "/api/auth/login", wish).json();
    page.navigate(begun.getString("authorizationUrl"));
    Locator heading = page.getByRole(AriaRole.HEADING);
    assertTrue(heading.textContent().startsWith("Sign in with the simulated "));
    assertEquals("en", page.locator("html").getAttribute("lang"));
    assertEquals(1, page.getByRole(AriaRole.MAIN).count());
    for (Locator link : page.getByRole(AriaRole.LINK).all()) {
      assertTrue(link.boundingBox().height >= 24, "to be hit with a finger (WCAG 2.2, 2.5.8)");
    }
    page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", "consent.png")));
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Ada Lovelace")).click();
    page.waitForURL(
        home + "/docs?*",
        new Page.WaitForURLOptions().setWaitUntil(WaitUntilState.DOMCONTENTLOADED));
    Map<String, List<String>> query = new QueryStringDecoder(page.url()).parameters();
    assertEquals(List.of(begun.getString("state")), query.get("state"));
    return new JsonObject()
        .put("code", query.get("code").get(0))
        .put("state", begun.getString("state"))
        .put("codeVerifier", Login.VERIFIER);
  }

  @Test
  void whoCancelsComesBackToo() {
    try (BrowserContext person = chromium.person()) {
      Page page = open(person, home + "/docs");
      JsonObject wish = Login.wish("google").put("redirectUri", home + "/docs");
      JsonObject begun = post(page, "/api/auth/login", wish).json();
      page.navigate(begun.getString("authorizationUrl"));
      page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Cancel")).click();
      page.waitForURL(home + "/docs?error=access_denied*");
      assertFalse(session(page).getBoolean("authenticated"));
    }
  }

  /** From another site the cookie does not come along; from another port it does (RFC 6265bis). */
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost"})
  void aPageFromElsewhereTakesNoTurn(String host) {
    try (BrowserContext person = chromium.person()) {
      Page page = open(person, home + "/docs");
      JsonObject in = signIn(page, host.charAt(0) + "@example.com");
      String before = cookie(person, "__Host-refresh").orElseThrow().value;
      Page evil = open(person, "http://" + host + ":" + elsewhere.actualPort() + "/");
      Map<String, String> shown = Map.of("X-CSRF-Token", in.getString("csrfToken"));
      for (Map<String, String> headers : List.of(shown, Map.<String, String>of())) {
        for (String uri : List.of("/auth/refresh", "/api/auth/refresh", "/auth/logout")) {
          assertThrows(
              PlaywrightException.class, () -> fetch(evil, "POST", home + uri, null, headers));
        }
      }
      assertThrows(
          PlaywrightException.class,
          () -> fetch(evil, "GET", home + "/api/auth/session", null, Map.of()));
      boolean along = host.equals("localhost");
      form(evil, home + "/auth/refresh", along ? "CROSS_SITE" : "REFRESH_TOKEN_MISSING");
      form(evil, home + "/auth/logout", along ? "CROSS_SITE" : "UNAUTHORIZED");
      assertEquals(before, cookie(person, "__Host-refresh").orElseThrow().value);
      assertEquals("0", turn(in), "nothing was refreshed");
      assertTrue(session(page).getBoolean("authenticated"));
      assertEquals(200, fetch(page, "POST", "/auth/refresh", null, shown).status());
      assertEquals("1", turn(in));
    }
  }

  /** As a page would send it that lures somebody into a click. */
  private static void form(Page page, String action, String code) {
    page.evaluate(
        """
        action => {
          const form = document.createElement('form');
          form.method = 'post';
          form.action = action;
          document.body.append(form);
          form.submit();
        }
        """,
        action);
    page.waitForURL(action);
    assertTrue(page.content().contains(code), page.content());
    page.goBack();
    assertNotNull(page.title());
  }

  private static String turn(JsonObject in) {
    String user = in.getJsonObject("user").getString("id");
    String sql = "SELECT turn FROM identity.sessions WHERE ended_at IS NULL AND user_id = '";
    return String.join(",", tables.run(sql + user + "'"));
  }
}
