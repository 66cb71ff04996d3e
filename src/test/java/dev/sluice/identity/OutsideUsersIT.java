package dev.sluice.identity;

import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.harness.ToyApi;
import dev.sluice.harness.ToyIssuer;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Users who come by a company's own token. */
class OutsideUsersIT {
  private static final ToyIssuer issuer = new ToyIssuer();
  private static final ToyApi api = new ToyApi();
  private static RunningGateway gateway;
  private static Sql sql;

  @BeforeAll
  static void start() {
    String yaml =
        """
        upstreams: { api: { url: "%s" } }
        routes:
          - { path: "/own/**", upstream: api, auth: required,
              requestHeaders: { set: { X-User: "{user}" } } }
        identity:
          issuers: { company: { issuer: "%s", audience: [%s], keysUrl: "%s" } }
          roles: { support: ["users:read"] }
        """
            .formatted(api.url(), ToyIssuer.NAME, ToyIssuer.AUDIENCE, issuer.keysUrl());
    Map<String, String> settings =
        Map.of("SLUICE_APPS", "identity,traffic,studio,notebook", "SLUICE_PROVIDERS_SMTP_HOST", "");
    gateway = new RunningGateway(settings, yaml);
    sql = Sql.of(gateway);
  }

  @AfterAll
  static void stop() {
    sql.close();
    gateway.close();
    api.close();
    issuer.close();
  }

  private static HttpResponse<Buffer> me(JsonObject claims) {
    return send("/auth/me", claims);
  }

  private static HttpResponse<Buffer> send(String uri, JsonObject claims) {
    return gateway.get(uri, "Authorization", "Bearer " + issuer.token(claims));
  }

  private static JsonObject claims(String subject) {
    return issuer.claims().put("sub", subject);
  }

  @Test
  void aUserIsMadeOnFirstSightAndOnce() {
    List<Future<HttpResponse<Buffer>>> asked = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String token = issuer.token(claims("auth0|first").put("n", i));
      asked.add(
          gateway.sendAsync(HttpMethod.GET, "/auth/me", null, "Authorization", "Bearer " + token));
    }
    List<String> ids = new ArrayList<>();
    for (Future<HttpResponse<Buffer>> one : asked) {
      JsonObject user = RunningGateway.await(one).bodyAsJsonObject();
      assertEquals("auth0|first", user.getString("auth0Id"));
      ids.add(user.getString("id"));
    }
    assertEquals(1, ids.stream().distinct().count());
    api.answers = request -> request.ok(request.fields().get("X-User"));
    assertEquals(ids.get(0), send("/own/x", claims("auth0|first")).bodyAsString());
  }

  @Test
  void anAddressThatTheIssuerHasVerifiedLeadsToItsUser() {
    UUID id = UUID.randomUUID();
    sql.update("INSERT INTO users (id, email) VALUES (?, 'known@example.com')", id);
    JsonObject claims = claims("k1").put("email", "Known@Example.com");
    assertNotEquals(id.toString(), me(claims).bodyAsJsonObject().getString("id"));
    claims = claims("k2").put("email", "Known@Example.com").put("email_verified", "true");
    assertNotEquals(id.toString(), me(claims).bodyAsJsonObject().getString("id"));
    claims = claims("k3").put("email", "Known@Example.com").put("email_verified", true);
    assertEquals(id.toString(), me(claims).bodyAsJsonObject().getString("id"));
  }

  @Test
  void rolesAreThoseOfTheTokenAndThoseOfTheUser() {
    assertEquals(403, send("/admin/users", claims("roles")).statusCode());
    JsonObject admin = claims("roles").put("roles", new JsonArray().add("admin"));
    assertEquals(200, send("/admin/users", admin).statusCode());
    sql.update(
        "UPDATE users SET roles = '{admin}' WHERE id ="
            + " (SELECT user_id FROM identities WHERE subject = 'roles')");
    gateway.until("it is heard", () -> send("/admin/users", claims("roles")).statusCode() == 200);
  }

  @Test
  void whoIsKeptOutIsKeptOutWithATokenToo() {
    assertEquals(200, me(claims("out")).statusCode());
    sql.update(
        "UPDATE users SET is_active = false WHERE id ="
            + " (SELECT user_id FROM identities WHERE subject = 'out')");
    gateway.until("it is heard", () -> me(claims("out")).statusCode() == 403);
    assertEquals("ACCOUNT_DISABLED", error(me(claims("out"))).getString("code"));
  }

  @Test
  void withoutAMailServerNobodyIsPromisedACode() {
    Buffer body = Buffer.buffer("{\"email\":\"a@example.com\"}");
    HttpResponse<Buffer> refused =
        gateway.send(
            HttpMethod.POST, "/auth/request-otp", body, "Content-Type", "application/json");
    assertEquals(503, refused.statusCode());
    assertEquals("PROVIDER_NOT_CONFIGURED", error(refused).getString("code"));
    assertTrue(error(refused).getString("suggestion").contains("providers.smtp.host"));
  }
}
