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
import dev.sluice.sandbox.Sandbox;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** People sign in at Google and Microsoft. */
class OAuthIT {
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

  /** Each test meets people who have never been here. */
  @BeforeEach
  void forget() {
    tables.run("DELETE FROM identity.users");
    tables.run("DELETE FROM identity.attempts");
  }

  private static void account(String provider, String email, boolean verified) {
    gateway.control(
        HttpMethod.POST,
        "/control/accounts",
        new JsonObject()
            .put("provider", provider)
            .put("email", email)
            .put("emailVerified", verified));
  }

  private static int users() {
    return Integer.parseInt(tables.run("SELECT count(*) FROM identity.users").get(0));
  }

  @Test
  void theAuthorizationUrlSaysAllThatGoogleMustKnow() {
    Login login = Login.begin(new Person(gateway), "google");
    Set<String> names =
        Set.of(
            "client_id",
            "response_type",
            "scope",
            "redirect_uri",
            "state",
            "nonce",
            "code_challenge",
            "code_challenge_method",
            "access_type",
            "prompt");
    assertEquals(names, login.query().keySet());
    assertEquals(Sandbox.GOOGLE_CLIENT_ID, login.query("client_id"));
    assertEquals("code", login.query("response_type"));
    assertEquals("openid email profile", login.query("scope"));
    assertEquals(Login.REDIRECT, login.query("redirect_uri"));
    assertEquals(login.state(), login.query("state"));
    assertEquals(Login.CHALLENGE, login.query("code_challenge"));
    assertEquals("S256", login.query("code_challenge_method"));
    assertEquals("offline", login.query("access_type"));
    assertEquals("consent", login.query("prompt"));
    assertEquals(600, login.begun.getInteger("expiresIn"));
    assertTrue(login.state().matches("[A-Za-z0-9_-]{43}"), "256 bits");
    assertTrue(login.query("nonce").matches("[A-Za-z0-9_-]{43}"), "256 bits");
    assertNotEquals(login.state(), login.query("nonce"));
  }

  @Test
  void microsoftIsAskedForARefreshTokenToo() {
    Login login = Login.begin(new Person(gateway), "microsoft");
    assertEquals("openid email profile offline_access", login.query("scope"));
    assertEquals("select_account", login.query("prompt"));
    URI url = URI.create(login.begun.getString("authorizationUrl"));
    assertEquals("/common/oauth2/v2.0/authorize", url.getPath());
  }

  @Test
  void whoIsExpectedIsSaid() {
    JsonObject wish = Login.wish("google").put("loginHint", "ada+tag@Example.com");
    HttpResponse<Buffer> begun = new Person(gateway).post("/api/auth/login", wish);
    String url = begun.bodyAsJsonObject().getString("authorizationUrl");
    assertTrue(url.contains("&login_hint=ada%2Btag%40"), url);
  }

  @Test
  void theCookieThatTellsBrowsersApartIsLocked() {
    HttpResponse<Buffer> begun = new Person(gateway).post("/api/auth/login", Login.wish("google"));
    String cookie = begun.cookies().get(0);
    assertTrue(
        cookie.matches(
            "__Host-oauth=[A-Za-z0-9_-]{43}; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Strict"),
        cookie);
    assertEquals("no-store", begun.getHeader("cache-control"));
  }

  @Test
  void googleSignsIn() {
    Login login = Login.begin(new Person(gateway), "google");
    HttpResponse<Buffer> answer = login.end(login.code("ada@example.com"));
    assertEquals(200, answer.statusCode(), answer.bodyAsString());
    assertEquals("no-store", answer.getHeader("cache-control"));
    JsonObject body = answer.bodyAsJsonObject();
    assertEquals("google", body.getString("provider"));
    assertEquals("ada@example.com", body.getJsonObject("user").getString("email"));
    assertEquals("Ada", body.getJsonObject("user").getJsonObject("profile").getString("firstName"));
    assertEquals(200, login.person.get("/auth/me").statusCode(), "the token is ours");
    JsonObject theirs = body.getJsonObject("providerToken");
    assertEquals("Bearer", theirs.getString("tokenType"));
    assertTrue(theirs.getLong("expiresIn") > 3000);
    assertEquals("ada@example.com", userinfo(theirs).getString("email"), "the other is Google's");
    assertEquals(
        Set.of("__Host-refresh", "__Host-provider"),
        login.person.cookies.keySet(),
        "and the one of the browser is gone");
    for (String cookie : answer.cookies()) {
      assertTrue(
          cookie.matches(
              "__Host-[a-z]+=[A-Za-z0-9_-]*; Path=/; Max-Age=[0-9]+; Secure; HttpOnly; SameSite=Strict"),
          cookie);
    }
  }

  private static JsonObject userinfo(JsonObject providerToken) {
    String origin = gateway.environment().get("SLUICE_PROVIDERS_GOOGLE_AUTHURL");
    String bearer = "Bearer " + providerToken.getString("accessToken");
    return new JsonObject(Login.get(origin + "/v1/userinfo", "Authorization", bearer).body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"google", "microsoft"})
  void whoComesAgainIsTheSameUser(String provider) {
    Person first = Login.through(gateway, provider, "ada@example.com");
    Person second = Login.through(gateway, provider, "ada@example.com");
    assertEquals(first.user.getString("id"), second.user.getString("id"));
    assertEquals(1, users());
    assertEquals(200, first.get("/auth/me").statusCode(), "one session does not end another");
  }

  @Test
  void whoHasProvedAnAddressInThreeWaysIsOneUser() {
    Person byCode = Person.signedIn(gateway, "Ada@Example.com");
    Person byGoogle = Login.through(gateway, "google", "ada@example.com");
    Person byMicrosoft = Login.through(gateway, "microsoft", "ada@example.com");
    assertEquals(byCode.user.getString("id"), byGoogle.user.getString("id"));
    assertEquals(byCode.user.getString("id"), byMicrosoft.user.getString("id"));
    assertEquals(1, users());
  }

  @Test
  void microsoftVouchesWithANumberToo() {
    String email = "katherine.johnson@outlook.com";
    Person byCode = Person.signedIn(gateway, email);
    Person byMicrosoft = Login.through(gateway, "microsoft", email);
    assertEquals(byCode.user.getString("id"), byMicrosoft.user.getString("id"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"google mallory@example.net", "microsoft alan@contoso.example"})
  void anAddressThatIsNotProvedSaysNothing(String who) {
    String provider = who.split(" ")[0];
    String email = who.split(" ")[1];
    Person owner = Person.signedIn(gateway, email);
    Person other = Login.through(gateway, provider, email);
    assertNotEquals(owner.user.getString("id"), other.user.getString("id"));
    assertNull(other.user.getString("email"));
    Person again = Login.through(gateway, provider, email);
    assertEquals(other.user.getString("id"), again.user.getString("id"));
    assertEquals(2, users());
  }

  /** Google has seen a mail to it answered, once; its domain is somebody else's. */
  @Test
  void anAddressThatGoogleDoesNotHostSaysNothingEither() {
    String email = "elsewhere@example.net";
    account("google", email, true);
    Person owner = Person.signedIn(gateway, email);
    Person other = Login.through(gateway, "google", email);
    assertNotEquals(owner.user.getString("id"), other.user.getString("id"));
    assertNull(other.user.getString("email"));
  }

  @Test
  void anAddressThatIsProvedLaterChangesNobody() {
    account("google", "late@example.net", false);
    Person before = Login.through(gateway, "google", "late@example.net");
    account("google", "late@example.net", true);
    Person after = Login.through(gateway, "google", "late@example.net");
    assertEquals(before.user.getString("id"), after.user.getString("id"));
  }

  @Test
  void twentyAtOnceAreOneUser() {
    List<Login> logins = new ArrayList<>();
    List<String> codes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String provider = i % 2 == 0 ? "google" : "microsoft";
      logins.add(Login.begin(new Person(gateway), provider));
      codes.add(logins.get(i).code("ada@example.com"));
    }
    List<Future<HttpResponse<Buffer>>> ends = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ends.add(
          gateway.sendAsync(
              HttpMethod.POST,
              "/api/auth/callback",
              logins.get(i).back(codes.get(i)).toBuffer(),
              "Content-Type",
              "application/json",
              "Cookie",
              logins.get(i).person.cookieHeader()));
    }
    Set<String> ids = new HashSet<>();
    for (Future<HttpResponse<Buffer>> end : ends) {
      HttpResponse<Buffer> answer = RunningGateway.await(end);
      assertEquals(200, answer.statusCode(), answer.bodyAsString());
      ids.add(answer.bodyAsJsonObject().getJsonObject("user").getString("id"));
    }
    assertEquals(1, ids.size());
    assertEquals(1, users());
  }

  @Test
  void aDisabledUserStaysOut() {
    Person ada = Login.through(gateway, "google", "ada@example.com");
    tables.run("UPDATE identity.users SET is_active = false");
    Login login = Login.begin(new Person(gateway), "google");
    HttpResponse<Buffer> answer = login.end(login.code("ada@example.com"));
    assertEquals(403, answer.statusCode());
    assertEquals("ACCOUNT_DISABLED", error(answer).getString("code"));
    assertNotNull(error(answer).getString("suggestion"));
    assertFalse(login.person.cookies.containsKey("__Host-refresh"));
    assertEquals(403, ada.post("/api/auth/refresh", null).statusCode());
  }

  @Test
  void newKeysOfTheProviderAreFetched() {
    for (String provider : List.of("google", "microsoft")) {
      Login.through(gateway, provider, "ada@example.com");
      JsonObject which = new JsonObject().put("provider", provider);
      gateway.control(HttpMethod.POST, "/control/keys/rotate", which);
      Login.through(gateway, provider, "ada@example.com");
      gateway.control(HttpMethod.POST, "/control/keys/rotate", which);
      gateway.control(HttpMethod.POST, "/control/keys/rotate", which);
      Login.through(gateway, provider, "ada@example.com");
    }
  }

  @Test
  void noTokenIsInTheDatabase() {
    List<String> secrets = new ArrayList<>();
    for (String provider : List.of("google", "microsoft")) {
      Login login = Login.begin(new Person(gateway), provider);
      Person ada = login.person;
      secrets.addAll(ada.cookies.values());
      secrets.add(login.state());
      secrets.add(login.code("ada@example.com"));
      JsonObject in = login.end(secrets.get(secrets.size() - 1)).bodyAsJsonObject();
      for (int i = 0; i < 3; i++) {
        secrets.add(in.getString("accessToken"));
        secrets.add(in.getString("csrfToken"));
        secrets.add(in.getJsonObject("providerToken").getString("accessToken"));
        secrets.addAll(ada.cookies.values());
        in = ada.post("/api/auth/refresh", null).bodyAsJsonObject();
      }
    }
    List<String> rows = tables.dump("identity");
    assertTrue(rows.stream().anyMatch(row -> row.contains("ada@example.com")), "it is the one");
    for (String secret : secrets) {
      assertTrue(secret.length() > 20, secret);
      assertTrue(rows.stream().noneMatch(row -> row.contains(secret)), secret);
      assertTrue(rows.stream().noneMatch(row -> row.contains(hex(secret))), secret);
    }
    // refresh tokens of the providers' own begin so
    assertTrue(rows.stream().noneMatch(row -> row.contains("1//0") || row.contains("1.AX")));
  }

  private static String hex(String text) {
    return java.util.HexFormat.of()
        .formatHex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
