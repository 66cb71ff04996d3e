package dev.sluice.sandbox.google;

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
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoogleTest {

  @RegisterExtension static final RunningSandbox sandbox = new RunningSandbox();

  private static final String ADA = "ada@example.com";
  private static final Optional<ProviderContract> CONTRACT = ProviderContract.named("gmail");

  private final SignIn signIn =
      new SignIn(
          sandbox,
          "/o/oauth2/v2/auth",
          "/token",
          Sandbox.GOOGLE_CLIENT_ID,
          Sandbox.GOOGLE_CLIENT_SECRET);

  @Test
  void theDiscoveryDocumentLeadsBackToWhereItIs() {
    Reply reply = sandbox.send("GET", "/.well-known/openid-configuration", null);
    JsonObject document = reply.json();
    String url = sandbox.sandbox().url();
    assertEquals(url, document.getString("issuer"));
    assertEquals(url + "/o/oauth2/v2/auth", document.getString("authorization_endpoint"));
    assertEquals(url + "/token", document.getString("token_endpoint"));
    assertEquals(url + "/v1/userinfo", document.getString("userinfo_endpoint"));
    assertEquals(url + "/revoke", document.getString("revocation_endpoint"));
    assertEquals(url + "/oauth2/v3/certs", document.getString("jwks_uri"));
    assertEquals(
        new JsonArray().add("S256"), document.getJsonArray("code_challenge_methods_supported"));
  }

  @Test
  void aPersonChoosesWhoTheyAre() {
    addAccount(new JsonObject().put("email", "x@example.com").put("name", "<script>\"'&"));
    Reply page = signIn.authorize();
    assertEquals(200, page.status());
    assertTrue(page.header("content-type").startsWith("text/html"));
    assertTrue(page.body().contains(">Continue as Ada Lovelace (ada@example.com)</a>"));
    assertTrue(page.body().contains("&amp;login=ada%40example.com\""), page.body());
    assertTrue(page.body().contains("&lt;script&gt;&quot;&#39;&amp;"));
    assertFalse(page.body().contains("<script>"));
    assertTrue(page.body().contains("callback?error=access_denied&amp;"), page.body());
  }

  @Test
  void theAnswerHasACodeAndTheStateAsItCame() {
    Map<String, List<String>> back = signIn.back(ADA);
    assertEquals(List.of("s&1"), back.get("state"));
    assertTrue(back.get("code").get(0).startsWith("4/0A"));
    assertEquals(List.of("0"), back.get("authuser"));
    assertEquals(List.of("none"), back.get("prompt"));
    assertEquals(
        List.of(
            "openid https://www.googleapis.com/auth/userinfo.email"
                + " https://www.googleapis.com/auth/userinfo.profile"),
        back.get("scope"));
  }

  @Test
  void whoIsSignedInNeedNotBeAsked() {
    SignIn silent = signIn.with("prompt", "none");
    Map<String, List<String>> back = SignIn.query(silent.with("login_hint", ADA).authorize());
    assertEquals(200, silent.redeem(back.get("code").get(0)).status());
    assertEquals(
        List.of("login_required"),
        SignIn.query(silent.with("login_hint", "nobody@example.com").authorize()).get("error"));
  }

  @ParameterizedTest
  @CsvSource({
    "client_id, '', invalid_request",
    "client_id, other, invalid_client",
    "redirect_uri, '', invalid_request",
    "redirect_uri, https://evil.example/, redirect_uri_mismatch",
    "login, nobody@example.com, access_denied",
  })
  void whoCannotBeTrustedIsNotRedirectedTo(String name, String value, String error) {
    Reply page = signIn.with(name, value).authorize();
    assertEquals(400, page.status());
    assertNull(page.header("location"));
    assertTrue(page.header("content-type").startsWith("text/html"));
    assertTrue(page.body().contains("Error: " + error), page.body());
  }

  @ParameterizedTest
  @CsvSource({
    "response_type, '', invalid_request",
    "response_type, token, unsupported_response_type",
    "response_mode, fragment, invalid_request",
    "scope, '', invalid_request",
    "scope, email, invalid_scope",
    "scope, openid nonsense, invalid_scope",
    "code_challenge, '', invalid_request",
    "code_challenge, short, invalid_request",
    "code_challenge_method, '', invalid_request",
    "code_challenge_method, plain, invalid_request",
    "prompt, none login, invalid_request",
    "prompt, other, invalid_request",
    "prompt, none, login_required",
  })
  void aBadRequestGoesBackToTheApplication(String name, String value, String error) {
    Map<String, List<String>> back = SignIn.query(signIn.with(name, value).authorize());
    assertEquals(List.of(error), back.get("error"));
    assertEquals(List.of("s&1"), back.get("state"));
    assertNull(back.get("code"));
  }

  @Test
  void noParameterComesTwice() {
    String uri = "/o/oauth2/v2/auth?client_id=" + Sandbox.GOOGLE_CLIENT_ID;
    Reply reply = sandbox.send("GET", uri + "&client_id=" + Sandbox.GOOGLE_CLIENT_ID, null);
    assertEquals(400, reply.status());
  }

  @Test
  void tokensTellWhoItIs() {
    Reply reply = signIn.redeem(signIn.code(ADA));
    CONTRACT.ifPresent(contract -> contract.checkSchema("TokenResponse", reply.body()));
    assertEquals("no-store", reply.header("cache-control"));
    JsonObject tokens = reply.json();
    assertFalse(tokens.containsKey("refresh_token"));
    assertEquals(3599, tokens.getInteger("expires_in"));
    JsonObject claims = claims(tokens.getString("id_token"));
    assertEquals(sandbox.sandbox().url(), claims.getString("iss"));
    assertEquals(Sandbox.GOOGLE_CLIENT_ID, claims.getString("aud"));
    assertEquals(Sandbox.GOOGLE_CLIENT_ID, claims.getString("azp"));
    assertEquals("n-1", claims.getString("nonce"));
    assertEquals(ADA, claims.getString("email"));
    assertEquals(true, claims.getBoolean("email_verified"));
    assertEquals("example.com", claims.getString("hd"));
    assertEquals("Ada", claims.getString("given_name"));
    assertTrue(claims.getString("sub").matches("[0-9]{21}"));
    assertEquals(claims.getLong("iat") + 3599, claims.getLong("exp"));
    JsonObject info = userinfo("Bearer " + tokens.getString("access_token")).json();
    assertEquals(claims.getString("sub"), info.getString("sub"));
    assertEquals("Ada Lovelace", info.getString("name"));
  }

  @Test
  void onlyWhatWasAskedForIsTold() {
    JsonObject claims = claims(signIn.with("scope", "openid").tokens(ADA).getString("id_token"));
    assertFalse(claims.containsKey("email"));
    assertFalse(claims.containsKey("name"));
  }

  @Test
  void anAddressMayBeUnproven() {
    JsonObject tokens = signIn.tokens("mallory@example.net");
    assertEquals(false, claims(tokens.getString("id_token")).getBoolean("email_verified"));
  }

  @Test
  void aRefreshTokenComesAtTheFirstConsentOrWhenAskedForAnew() {
    addAccount(new JsonObject().put("email", "new@example.com"));
    SignIn offline = signIn.with("access_type", "offline");
    JsonObject first = offline.tokens("new@example.com");
    assertTrue(first.containsKey("refresh_token"));
    assertFalse(offline.tokens("new@example.com").containsKey("refresh_token"));
    SignIn again = offline.with("prompt", "consent");
    assertEquals(List.of("consent"), again.back("new@example.com").get("prompt"));
    assertTrue(again.tokens("new@example.com").containsKey("refresh_token"));
    Reply refreshed = offline.refresh(first.getString("refresh_token"));
    CONTRACT.ifPresent(contract -> contract.checkSchema("TokenResponse", refreshed.body()));
    assertFalse(refreshed.json().containsKey("refresh_token"));
    assertFalse(claims(refreshed.json().getString("id_token")).containsKey("nonce"));
    assertNotEquals(first.getString("access_token"), refreshed.json().getString("access_token"));
  }

  @Test
  void aGrantEndsByThePersonOrByTheApplication() {
    SignIn offline = signIn.with("access_type", "offline").with("prompt", "consent");
    String refresh = offline.tokens(ADA).getString("refresh_token");
    JsonObject ada = new JsonObject().put("provider", "google").put("email", ADA);
    assertTrue(sandbox.control("POST", "/grants/revoke", ada).json().getInteger("revoked") >= 2);
    Reply refused = offline.refresh(refresh);
    assertEquals(400, refused.status());
    assertEquals("invalid_grant", refused.json().getString("error"));
    assertEquals(
        "Token has been expired or revoked.", refused.json().getString("error_description"));
    JsonObject tokens = offline.tokens(ADA);
    String access = tokens.getString("access_token");
    assertEquals(200, sandbox.postForm("/revoke", "token=" + access).status());
    assertEquals(400, offline.refresh(tokens.getString("refresh_token")).status());
    assertEquals(401, userinfo("Bearer " + access).status());
    Reply twice = sandbox.postForm("/revoke?token=" + access, "");
    assertEquals("invalid_token", twice.json().getString("error"));
  }

  @Test
  void aCodeServesOnce() {
    String code = signIn.code(ADA);
    String access = signIn.redeem(code).json().getString("access_token");
    assertEquals("invalid_grant", signIn.redeem(code).json().getString("error"));
    assertEquals(401, userinfo("Bearer " + access).status());
  }

  @Test
  void theClientMayAuthenticateByBasic() {
    String pair = Sandbox.GOOGLE_CLIENT_ID + ":" + Sandbox.GOOGLE_CLIENT_SECRET;
    String basic = "Basic " + base64(pair);
    String form =
        "grant_type=authorization_code&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback"
            + "&code_verifier="
            + SignIn.VERIFIER;
    String code = "&code=" + signIn.code(ADA).replace("/", "%2F");
    assertEquals(401, basic(form + code, "Basic " + base64("other:x")).status());
    assertEquals(400, basic(form + code, "Bearer x").status());
    assertEquals(400, basic(form + code + "&client_secret=x", basic).status());
    assertEquals(200, basic(form + code, basic).status());
  }

  @ParameterizedTest
  @CsvSource({
    "grant_type, '', 400, invalid_request",
    "grant_type, password, 400, unsupported_grant_type",
    "client_id, '', 400, invalid_request",
    "client_id, other, 401, invalid_client",
    "client_secret, '', 400, invalid_request",
    "client_secret, wrong, 401, invalid_client",
    "code, '', 400, invalid_request",
    "code, wrong, 400, invalid_grant",
    "redirect_uri, '', 400, invalid_request",
    "redirect_uri, http://localhost:3000/callback, 400, redirect_uri_mismatch",
    "code_verifier, '', 400, invalid_grant",
    "code_verifier, wrong, 400, invalid_grant",
  })
  void aBadTokenRequestIsRefused(String name, String value, int status, String error) {
    Reply reply =
        signIn.token(
            name.equals("code") ? "x" : "code",
            signIn.code(ADA),
            name.equals("grant_type") ? "x" : "grant_type",
            "authorization_code",
            name.equals("redirect_uri") ? "x" : "redirect_uri",
            SignIn.REDIRECT,
            name.equals("code_verifier") ? "x" : "code_verifier",
            SignIn.VERIFIER,
            name,
            value);
    assertRefused(reply, status, error);
  }

  @ParameterizedTest
  @CsvSource({
    "refresh_token, '', invalid_request",
    "refresh_token, wrong, invalid_grant",
  })
  void aBadRefreshIsRefused(String name, String value, String error) {
    assertRefused(signIn.token("grant_type", "refresh_token", name, value), 400, error);
  }

  @Test
  void fewerScopesMayBeAskedForAndNoOthers() {
    String refresh =
        signIn
            .with("access_type", "offline")
            .with("prompt", "consent")
            .tokens(ADA)
            .getString("refresh_token");
    String[] wanted = {"grant_type", "refresh_token", "refresh_token", refresh, "scope", "email"};
    assertFalse(signIn.token(wanted).json().containsKey("id_token"));
    wanted[5] = "openid https://mail.google.com/";
    assertRefused(signIn.token(wanted), 400, "invalid_scope");
  }

  @Test
  void aTokenRequestIsAForm() {
    assertRefused(
        sandbox.send("POST", "/token", "{}", "content-type", "application/json"),
        400,
        "invalid_request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "Bearer", "Bearer wrong", "Basic wrong"})
  void userinfoWantsAToken(String authorization) {
    Reply reply = userinfo(authorization);
    assertEquals(401, reply.status());
    assertEquals("invalid_request", reply.json().getString("error"));
    assertTrue(reply.header("www-authenticate").startsWith("Bearer"));
  }

  @Test
  void theLastKeyIsPublishedStillAfterARotation() {
    JsonObject before = keys();
    CONTRACT.ifPresent(contract -> contract.checkSchema("Jwks", before.encode()));
    String signing = kid(signIn.tokens(ADA).getString("id_token"));
    assertEquals(signing, before.getJsonArray("keys").getJsonObject(0).getString("kid"));
    JsonObject google = new JsonObject().put("provider", "google");
    String fresh = sandbox.control("POST", "/keys/rotate", google).json().getString("kid");
    JsonArray after = keys().getJsonArray("keys");
    assertEquals(fresh, kid(signIn.tokens(ADA).getString("id_token")));
    assertEquals(fresh, after.getJsonObject(0).getString("kid"));
    assertEquals(signing, after.getJsonObject(1).getString("kid"));
    assertEquals(2, after.size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'provider':'google'}",
        "{'provider':'google','email':'nonsense'}",
        "{'provider':'google','email':'a@b','name':''}",
        "{'provider':'google','email':'a@b','emailVerified':'yes'}",
      })
  void anAccountNeedsAnAddress(String body) {
    JsonObject asked = new JsonObject(body.replace('\'', '"'));
    assertEquals(400, sandbox.control("POST", "/accounts", asked).status());
  }

  @Test
  void unknownPathsAndMethodsAreCountedAndRefused() {
    assertEquals(405, sandbox.send("GET", "/token", null).status());
    assertEquals(405, sandbox.send("POST", "/oauth2/v3/certs", "").status());
    assertEquals(404, sandbox.send("GET", "/o/oauth2/v2/nothing", null).status());
  }

  private static void assertRefused(Reply reply, int status, String error) {
    assertEquals(error, reply.json().getString("error"), reply.body());
    assertEquals(status, reply.status());
    CONTRACT.ifPresent(contract -> contract.checkSchema("OAuthError", reply.body()));
  }

  private static void addAccount(JsonObject account) {
    account.put("provider", "google");
    assertEquals(200, sandbox.control("POST", "/accounts", account).status());
  }

  private static JsonObject keys() {
    return sandbox.send("GET", "/oauth2/v3/certs", null).json();
  }

  private static String kid(String token) {
    byte[] header = Base64.getUrlDecoder().decode(token.split("\\.")[0]);
    return new JsonObject(new String(header, StandardCharsets.UTF_8)).getString("kid");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Reply basic(String form, String authorization) {
    return sandbox.send(
        "POST",
        "/token",
        form,
        "content-type",
        RunningSandbox.FORM,
        "authorization",
        authorization);
  }

  private static Reply userinfo(String authorization) {
    return sandbox.send("GET", "/v1/userinfo", null, "authorization", authorization);
  }
}
