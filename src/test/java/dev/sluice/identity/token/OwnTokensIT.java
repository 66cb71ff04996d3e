package dev.sluice.identity.token;

import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.Forgeries;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.harness.ToyIssuer;
import dev.sluice.identity.Person;
import dev.sluice.store.Secrets;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The gateway as an issuer: what it signs, with which keys, and what is not its own. */
class OwnTokensIT {
  private static final ToyIssuer toy = new ToyIssuer();
  private static RunningGateway gateway;
  private static Sql sql;

  @BeforeAll
  static void start() {
    gateway =
        new RunningGateway(
            Map.of(
                "SLUICE_APPS",
                "identity,traffic,studio,notebook",
                "SLUICE_IDENTITY_URL",
                ToyIssuer.NAME,
                "SLUICE_IDENTITY_ACCESS_AUDIENCE",
                ToyIssuer.AUDIENCE,
                "SLUICE_IDENTITY_CODES_PERIP",
                "1000"));
    sql = Sql.of(gateway);
  }

  @AfterAll
  static void stop() {
    sql.close();
    gateway.close();
    toy.close();
  }

  /** Gives the gateway a key that the test has, too; it will not sign with it yet. */
  private static void adoptKey(String id) {
    Secrets secrets = Secrets.open(Path.of(gateway.data().toString(), "keyset.json"));
    byte[] sealed = secrets.seal(toy.rsa.getPrivate().getEncoded(), "signing-key " + id);
    String jwk = ToyIssuer.jwk(id, toy.rsa).put("alg", "RS256").encode();
    sql.update(
        "INSERT INTO signing_keys (kid, jwk, sealed) VALUES (?, ?::jsonb, ?)", id, jwk, sealed);
    gateway.until("the key is published", () -> jwks().contains("\"" + id + "\""));
  }

  private static String jwks() {
    return gateway.get("/.well-known/jwks.json").bodyAsString();
  }

  @Test
  void ofAllForgeriesNoneIsTakenAndEachIsAnswered() {
    Person ada = Person.signedIn(gateway, "forged@example.com");
    adoptKey("r1");
    toy.also =
        new JsonObject().put("sub", ada.user.getString("id")).put("sid", ada.session().toString());
    assertEquals(200, me(toy.token()).statusCode(), "what the forgeries are forged from is good");
    List<String> taken = new ArrayList<>();
    Map<String, String> forgeries = Forgeries.of(toy);
    forgeries.forEach(
        (what, token) -> {
          int status = me(token).statusCode();
          if (status != 401) taken.add(what + ": " + status);
        });
    assertEquals(List.of(), taken);
    assertTrue(forgeries.size() > 350, "there are " + forgeries.size());
  }

  @Test
  void aTokenOfNoSessionOrOfNoUserIsNone() {
    adoptKey("r2");
    Person ada = Person.signedIn(gateway, "nobody@example.com");
    JsonObject claims = toy.claims().put("sub", ada.user.getString("id"));
    assertEquals(401, me(signed(claims)).statusCode(), "without a session");
    claims.put("sid", ada.session().toString());
    assertEquals(200, me(signed(claims)).statusCode());
    claims.put("sub", "0a0a0a0a-0000-4000-8000-000000000000");
    HttpResponse<Buffer> refused = me(signed(claims));
    assertEquals(401, refused.statusCode());
    assertTrue(error(refused).getString("message").contains("its user is no more"));
    assertEquals(401, me(signed(claims.put("sub", "ada"))).statusCode(), "no id of a user's");
  }

  private static String signed(JsonObject claims) {
    return ToyIssuer.sign("{\"alg\":\"RS256\",\"kid\":\"r2\"}", claims.encode(), "RS256", toy.rsa);
  }

  private static HttpResponse<Buffer> me(String token) {
    return gateway.get("/auth/me", "Authorization", "Bearer " + token);
  }

  @Test
  void whatItSaysIsWhatOthersCanCheck() {
    Person ada = Person.signedIn(gateway, "claims@example.com");
    String[] parts = ada.accessToken.split("\\.");
    JsonObject header = json(parts[0]);
    JsonObject claims = json(parts[1]);
    assertEquals("RS256", header.getString("alg"));
    assertTrue(jwks().contains("\"" + header.getString("kid") + "\""));
    assertEquals(ToyIssuer.NAME, claims.getString("iss"));
    assertEquals(ToyIssuer.AUDIENCE, claims.getString("aud"));
    assertEquals(900, claims.getLong("exp") - claims.getLong("iat"));
    assertEquals(ada.user.getString("id"), claims.getString("sub"));
    assertTrue(!jwks().contains("\"d\""), "no private part");
    assertEquals(
        "application/jwk-set+json",
        gateway.get("/.well-known/jwks.json").getHeader("content-type"));
  }

  private static JsonObject json(String part) {
    return new JsonObject(Buffer.buffer(java.util.Base64.getUrlDecoder().decode(part)));
  }

  /** Keys of two seconds: each is known for one before it signs. */
  @Test
  void keysFollowEachOtherAndNoTokenIsRefusedOverIt() {
    try (RunningGateway quick =
        new RunningGateway(
            Map.of(
                "SLUICE_APPS", "identity,traffic,studio,notebook",
                "SLUICE_IDENTITY_LEEWAY", "0s",
                "SLUICE_IDENTITY_ACCESS_LIFETIME", "6s",
                "SLUICE_IDENTITY_ACCESS_ROTATEKEYS", "2s"))) {
      Person ada = Person.signedIn(quick, "rotates@example.com");
      List<String> signedBy = new ArrayList<>();
      quick.until(
          "three keys have signed",
          () -> {
            assertEquals(200, ada.refresh().statusCode());
            assertEquals(200, ada.get("/auth/me").statusCode());
            String key = json(ada.accessToken.split("\\.")[0]).getString("kid");
            if (!signedBy.contains(key)) signedBy.add(key);
            return signedBy.size() == 3;
          });
      quick.until(
          "the first is gone",
          () -> !quick.get("/.well-known/jwks.json").bodyAsString().contains(signedBy.get(0)));
    }
  }
}
