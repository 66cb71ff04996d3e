package dev.sluice.sandbox.microsoft;

import static dev.sluice.sandbox.openid.SignIn.claims;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.sandbox.ProviderContract;
import dev.sluice.sandbox.Reply;
import dev.sluice.sandbox.RunningSandbox;
import dev.sluice.sandbox.Sandbox;
import dev.sluice.sandbox.openid.SignIn;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MicrosoftTest {

  @RegisterExtension static final RunningSandbox sandbox = new RunningSandbox();

  private static final String ADA = "ada@example.com";
  private static final String ALAN = "alan@contoso.example";
  private static final String KATHERINE = "katherine.johnson@outlook.com";
  private static final Optional<ProviderContract> CONTRACT = ProviderContract.named("msgraph");

  private final SignIn signIn = at("common");

  @ParameterizedTest
  @CsvSource({
    "common, {tenantid}",
    "organizations, {tenantid}",
    "consumers, 9188040d-6c67-4c5b-b112-36a304b66dad",
    "72f988bf-0000-4000-8000-5a3d0b0c0001, 72f988bf-0000-4000-8000-5a3d0b0c0001",
    "contoso.example, 72f988bf-0000-4000-8000-5a3d0b0c0002",
  })
  void theIssuerOfAGroupOfTenantsIsAPattern(String tenant, String inIssuer) {
    JsonObject document = discovery(tenant).json();
    String url = sandbox.sandbox().url();
    assertEquals(url + "/" + inIssuer + "/v2.0", document.getString("issuer"));
    String base = url + "/" + tenant;
    assertEquals(base + "/oauth2/v2.0/authorize", document.getString("authorization_endpoint"));
    assertEquals(base + "/oauth2/v2.0/token", document.getString("token_endpoint"));
    assertEquals(base + "/discovery/v2.0/keys", document.getString("jwks_uri"));
  }

  @Test
  void anUnknownTenantHasNothing() {
    assertRefused(discovery("nowhere"), 400, "invalid_request", 90002);
    assertEquals(400, at("nowhere").authorize().status());
    assertRefused(at("nowhere").redeem("x"), 400, "invalid_request", 90002);
    assertEquals(400, sandbox.send("GET", "/nowhere/discovery/v2.0/keys", null).status());
  }

  @ParameterizedTest
  @CsvSource({
    "common, 'ada@,alan@,katherine'",
    "organizations, 'ada@,alan@'",
    "consumers, katherine",
    "example.com, ada@",
  })
  void aTenantOffersItsOwnPeople(String tenant, String people) {
    String page = at(tenant).authorize().body();
    for (String one : List.of("ada@", "alan@", "katherine")) {
      assertEquals(List.of(people.split(",")).contains(one), page.contains(one), one);
    }
    assertEquals(
        people.contains(KATHERINE.substring(0, 9)) ? 302 : 400,
        at(tenant).with("login", KATHERINE).authorize().status());
  }

  @Test
  void theAnswerHasASessionState() {
    Map<String, List<String>> back = signIn.back(ADA);
    assertEquals(List.of("s&1"), back.get("state"));
    assertTrue(back.containsKey("session_state"));
  }

  @Test
  void tokensTellWhoItIsAndOfWhichTenant() {
    Reply reply = signIn.redeem(signIn.code(ADA));
    CONTRACT.ifPresent(contract -> contract.checkSchema("TokenResponse", reply.body()));
    JsonObject tokens = reply.json();
    assertFalse(tokens.containsKey("refresh_token"));
    assertFalse(tokens.containsKey("client_info"));
    JsonObject claims = claims(tokens.getString("id_token"));
    String tenant = "72f988bf-0000-4000-8000-5a3d0b0c0001";
    assertEquals(tenant, claims.getString("tid"));
    assertEquals(sandbox.sandbox().url() + "/" + tenant + "/v2.0", claims.getString("iss"));
    assertEquals(Sandbox.MICROSOFT_CLIENT_ID, claims.getString("aud"));
    assertEquals("2.0", claims.getString("ver"));
    assertEquals("n-1", claims.getString("nonce"));
    assertEquals(ADA, claims.getString("preferred_username"));
    assertEquals("Ada Lovelace", claims.getString("name"));
    assertEquals(claims.getLong("iat"), claims.getLong("nbf"));
    assertNotEquals(claims.getString("oid"), claims.getString("sub"));
    assertFalse(claims.containsKey("email_verified"));
  }

  @Test
  void somebodyMayVouchForTheAddress() {
    assertEquals(true, idToken(ADA).getValue("xms_edov"));
    assertEquals(1, idToken(KATHERINE).getValue("xms_edov"));
    assertEquals(ALAN, idToken(ALAN).getString("email"));
    assertFalse(idToken(ALAN).containsKey("xms_edov"));
    JsonObject ada =
        new JsonObject().put("provider", "microsoft").put("email", ADA).put("emailVerified", false);
    assertEquals(200, sandbox.control("POST", "/accounts", ada).status());
    assertFalse(idToken(ADA).containsKey("xms_edov"));
  }

  @Test
  void onlyWhatWasAskedForIsTold() {
    JsonObject claims = claims(signIn.with("scope", "openid").tokens(ADA).getString("id_token"));
    for (String name : List.of("email", "xms_edov", "name", "oid", "preferred_username")) {
      assertFalse(claims.containsKey(name), name);
    }
  }

  @Test
  void refreshTokensRotateAndTheOldOnesStay() {
    SignIn offline = signIn.with("scope", "openid profile offline_access Mail.Read");
    JsonObject tokens = offline.tokens(ADA);
    assertEquals("openid profile Mail.Read", tokens.getString("scope"));
    String first = tokens.getString("refresh_token");
    Reply refreshed = offline.refresh(first);
    CONTRACT.ifPresent(contract -> contract.checkSchema("TokenResponse", refreshed.body()));
    String second = refreshed.json().getString("refresh_token");
    assertNotEquals(first, second);
    assertFalse(claims(refreshed.json().getString("id_token")).containsKey("nonce"));
    assertEquals(200, offline.refresh(first).status());
    assertEquals(200, offline.refresh(second).status());
    JsonObject ada = new JsonObject().put("provider", "microsoft").put("email", ADA);
    sandbox.control("POST", "/grants/revoke", ada);
    assertRefused(offline.refresh(first), 400, "invalid_grant", 50173);
    assertRefused(offline.refresh(second), 400, "invalid_grant", 50173);
  }

  @Test
  void aRefreshMayAskForWhatWasGrantedOnly() {
    SignIn offline = signIn.with("scope", "openid offline_access");
    String refresh = offline.tokens(ADA).getString("refresh_token");
    String[] wanted = {
      "grant_type", "refresh_token", "refresh_token", refresh, "scope", "Mail.Read"
    };
    assertRefused(offline.token(wanted), 400, "invalid_grant", 65001);
  }

  @Test
  void aCodeServesOnce() {
    String code = signIn.code(ADA);
    assertEquals(200, signIn.redeem(code).status());
    assertRefused(signIn.redeem(code), 400, "invalid_grant", 54005);
  }

  @ParameterizedTest
  @CsvSource({
    "client_id, '', AADSTS900144",
    "client_id, other, AADSTS700016",
    "redirect_uri, '', AADSTS900144",
    "redirect_uri, https://evil.example/, AADSTS50011",
    "login, nobody@example.com, AADSTS50020",
  })
  void whoCannotBeTrustedIsNotRedirectedTo(String name, String value, String code) {
    Reply page = signIn.with(name, value).authorize();
    assertEquals(400, page.status());
    assertNull(page.header("location"));
    assertTrue(page.body().contains(code + ": "), page.body());
  }

  @ParameterizedTest
  @CsvSource({
    "response_type, id_token, unsupported_response_type",
    "response_mode, form_post, invalid_request",
    "scope, email, invalid_scope",
    "scope, openid nonsense, invalid_scope",
    "code_challenge, '', invalid_request",
    "code_challenge, short, invalid_request",
    "code_challenge_method, plain, invalid_request",
    "prompt, other, invalid_request",
    "prompt, none, login_required",
  })
  void aBadRequestGoesBackToTheApplication(String name, String value, String error) {
    Map<String, List<String>> back = SignIn.query(signIn.with(name, value).authorize());
    assertEquals(List.of(error), back.get("error"));
    assertEquals(List.of("s&1"), back.get("state"));
    assertTrue(back.get("error_description").get(0).startsWith("AADSTS"));
  }

  @ParameterizedTest
  @CsvSource({
    "grant_type, '', 400, invalid_request, 900144",
    "grant_type, password, 400, unsupported_grant_type, 70003",
    "client_id, '', 400, invalid_request, 900144",
    "client_id, other, 400, unauthorized_client, 700016",
    "client_secret, '', 401, invalid_client, 7000218",
    "client_secret, wrong, 401, invalid_client, 7000215",
    "code, '', 400, invalid_request, 900144",
    "code, wrong, 400, invalid_grant, 70000",
    "redirect_uri, '', 400, invalid_request, 900144",
    "redirect_uri, http://localhost:3000/callback, 400, invalid_grant, 500112",
    "code_verifier, '', 400, invalid_grant, 501481",
    "code_verifier, wrong, 400, invalid_grant, 501481",
  })
  void aBadTokenRequestIsRefused(String name, String value, int status, String error, int code) {
    Reply reply =
        signIn.token(
            "grant_type",
            "authorization_code",
            "code",
            name.equals("code") ? value : signIn.code(ADA),
            "redirect_uri",
            SignIn.REDIRECT,
            "code_verifier",
            SignIn.VERIFIER,
            name,
            value);
    assertRefused(reply, status, error, code);
  }

  @Test
  void aTokenRequestIsAForm() {
    assertRefused(
        sandbox.send("POST", "/common/oauth2/v2.0/token", "{}", "content-type", "application/json"),
        400,
        "invalid_request",
        900144);
  }

  @Test
  void faultsHaveItsShape() {
    JsonObject fault =
        new JsonObject()
            .put("provider", "microsoft")
            .put("operation", "token")
            .put("status", 503)
            .put("times", 1);
    assertEquals(200, sandbox.control("POST", "/faults", fault).status());
    assertRefused(signIn.redeem("x"), 503, "temporarily_unavailable", 90033);
    assertEquals(405, sandbox.send("GET", "/common/oauth2/v2.0/token", null).status());
    assertEquals(404, sandbox.send("GET", "/common/nothing", null).status());
  }

  private static SignIn at(String tenant) {
    return new SignIn(
        sandbox,
        "/" + tenant + "/oauth2/v2.0/authorize",
        "/" + tenant + "/oauth2/v2.0/token",
        Sandbox.MICROSOFT_CLIENT_ID,
        Sandbox.MICROSOFT_CLIENT_SECRET);
  }

  private static Reply discovery(String tenant) {
    return sandbox.send("GET", "/" + tenant + "/v2.0/.well-known/openid-configuration", null);
  }

  private JsonObject idToken(String email) {
    return claims(signIn.tokens(email).getString("id_token"));
  }

  private static void assertRefused(Reply reply, int status, String error, int code) {
    JsonObject body = reply.json();
    assertEquals(error, body.getString("error"), reply.body());
    assertEquals(status, reply.status());
    assertEquals(code, body.getJsonArray("error_codes").getInteger(0));
    assertTrue(body.getString("error_description").startsWith("AADSTS" + code + ": "));
    CONTRACT.ifPresent(contract -> contract.checkSchema("TokenError", reply.body()));
  }
}
