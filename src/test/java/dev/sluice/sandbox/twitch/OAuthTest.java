package dev.sluice.sandbox.twitch;

import static dev.sluice.sandbox.RunningSandbox.CLIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.sandbox.Reply;
import dev.sluice.sandbox.RunningSandbox;
import dev.sluice.sandbox.Sandbox;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OAuthTest {

  @RegisterExtension static final RunningSandbox sandbox = new RunningSandbox();

  private static final String ID = "client_id=" + Sandbox.TWITCH_CLIENT_ID;

  @Test
  void anAppTokenLastsSixtyDaysAndHasNoRefreshToken() {
    Reply reply = sandbox.postForm("/oauth2/token", CLIENT + "&grant_type=client_credentials");
    JsonObject granted = reply.json();
    assertEquals(200, reply.status());
    assertEquals("bearer", granted.getString("token_type"));
    assertEquals(5_184_000, granted.getInteger("expires_in"));
    assertFalse(granted.containsKey("refresh_token"));
    JsonObject valid = validate("OAuth " + granted.getString("access_token")).json();
    assertEquals(Sandbox.TWITCH_CLIENT_ID, valid.getString("client_id"));
    assertFalse(valid.containsKey("user_id"));
    assertNull(valid.getValue("scopes"));
  }

  @Test
  void theSameParametersServeInTheQuery() {
    Reply reply =
        sandbox.send("POST", "/oauth2/token?" + CLIENT + "&grant_type=client_credentials", null);
    assertEquals(200, reply.status());
  }

  @Test
  void aBodyOfAnotherTypeCountsAsNone() {
    String json = "{\"client_id\":\"" + Sandbox.TWITCH_CLIENT_ID + "\"}";
    Reply reply = sandbox.send("POST", "/oauth2/token", json, "content-type", "application/json");
    assertEquals(400, reply.status());
    assertEquals("missing client id", reply.message());
  }

  @ParameterizedTest
  @CsvSource({
    "'', 400, missing client id",
    "client_id=, 400, missing client id",
    "client_id=other, 400, invalid client",
    "ID, 400, missing client secret",
    "ID&client_secret=wrong, 403, invalid client secret",
    "CLIENT, 400, missing grant type",
    "CLIENT&grant_type=password, 400, invalid grant type",
    "CLIENT&grant_type=authorization_code, 400, missing code",
    "CLIENT&grant_type=authorization_code&code=x, 400, missing redirect uri",
    "CLIENT&grant_type=authorization_code&code=x&redirect_uri=y, 400, Invalid authorization code",
    "CLIENT&grant_type=refresh_token, 400, missing refresh token",
    "CLIENT&grant_type=refresh_token&refresh_token=x, 401, Invalid refresh token",
  })
  void aBadTokenRequestIsRefused(String form, int status, String message) {
    Reply reply =
        sandbox.postForm("/oauth2/token", form.replace("CLIENT", CLIENT).replaceAll("^ID", ID));
    assertEquals(status, reply.status());
    assertEquals(status, reply.json().getInteger("status"));
    assertEquals(message, reply.message());
  }

  @Test
  void aCodeServesOnceAndItsRefreshTokenOften() {
    String code = sandbox.userToken("shroud", "user:read:follows").getString("code");
    String form =
        CLIENT + "&grant_type=authorization_code&redirect_uri=http%3A%2F%2Flocalhost&code=" + code;
    JsonObject granted = sandbox.postForm("/oauth2/token", form).json();
    assertEquals(new JsonArray().add("user:read:follows"), granted.getJsonArray("scope"));
    assertEquals(400, sandbox.postForm("/oauth2/token", form).status());
    String refresh =
        CLIENT + "&grant_type=refresh_token&refresh_token=" + granted.getString("refresh_token");
    String first = sandbox.postForm("/oauth2/token", refresh).json().getString("access_token");
    String second = sandbox.postForm("/oauth2/token", refresh).json().getString("access_token");
    assertNotEquals(first, second);
    JsonObject valid = validate("Bearer " + second).json();
    assertEquals("shroud", valid.getString("login"));
    assertEquals("37402112", valid.getString("user_id"));
    assertEquals(new JsonArray().add("user:read:follows"), valid.getJsonArray("scopes"));
    assertTrue(valid.getInteger("expires_in") > 14_000);
  }

  @Test
  void anUnknownTokenIsNotValid() {
    assertEquals("missing authorization token", validate(null).message());
    for (String header : new String[] {"OAuth wrong", "OAuth", "Basic " + sandbox.appToken()}) {
      Reply reply = validate(header);
      assertEquals(401, reply.status());
      assertEquals("invalid access token", reply.message());
    }
  }

  @Test
  void aRevokedTokenIsNotValid() {
    String token = sandbox.appToken();
    Reply reply = sandbox.postForm("/oauth2/revoke", ID + "&token=" + token);
    assertEquals(200, reply.status());
    assertEquals("", reply.body());
    assertEquals(401, validate("OAuth " + token).status());
  }

  @ParameterizedTest
  @CsvSource({
    "token=x, 400, missing client id",
    "ID, 400, missing token",
    "ID&token=x, 400, Invalid token",
    "client_id=other&token=x, 404, client does not exist",
  })
  void aBadRevocationIsRefused(String form, int status, String message) {
    Reply reply = sandbox.postForm("/oauth2/revoke", form.replace("ID", ID));
    assertEquals(status, reply.status());
    assertEquals(message, reply.message());
  }

  @Test
  void allAppTokensCanBeEndedAtOnce() {
    String token = sandbox.appToken();
    String own = sandbox.userToken("ninja").getString("access_token");
    JsonObject twitch = new JsonObject().put("provider", "twitch");
    assertTrue(sandbox.control("POST", "/tokens/expire", twitch).json().getInteger("expired") >= 1);
    assertEquals(401, sandbox.helix(token, "/users?login=ninja").status());
    assertEquals(200, sandbox.helix(own, "/users").status());
    assertEquals(200, sandbox.helix(sandbox.appToken(), "/users?login=ninja").status());
    sandbox.control("POST", "/tokens/expire", twitch.put("login", "ninja"));
    assertEquals(401, sandbox.helix(own, "/users").status());
  }

  @ParameterizedTest
  @CsvSource({
    "nobody_at_all, [], No seeded user has the login 'nobody_at_all'",
    ", [], 'login must be a seeded user''s login, for example ninja'",
    "ninja, [1], scopes must be an array of strings",
  })
  void aUserTokenIsOnlyForASeededUser(String login, String scopes, String message) {
    JsonObject wanted =
        new JsonObject()
            .put("provider", "twitch")
            .put("login", login)
            .put("scopes", new JsonArray(scopes));
    Reply reply = sandbox.control("POST", "/tokens", wanted);
    assertEquals(400, reply.status());
    assertEquals(message, reply.message());
  }

  @Test
  void unknownPathsAndMethodsHaveTheIdentityShape() {
    assertEquals(404, sandbox.send("GET", "/oauth2/nothing", null).status());
    Reply reply = sandbox.send("GET", "/oauth2/token", null);
    assertEquals(405, reply.status());
    assertEquals("method not allowed", reply.message());
  }

  private static Reply validate(String authorization) {
    return authorization == null
        ? sandbox.send("GET", "/oauth2/validate", null)
        : sandbox.send("GET", "/oauth2/validate", null, "authorization", authorization);
  }
}
