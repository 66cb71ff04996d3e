package dev.sluice.identity.oauth;

import static dev.sluice.harness.RunningGateway.error;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.ToyIssuer;
import dev.sluice.identity.Person;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** ID tokens and answers that no provider should give: with none of them anybody signs in. */
class IdTokenIT {
  private static final String TENANT = "72f988bf-0000-4000-8000-5a3d0b0c0001";
  private static final String OTHER = "72f988bf-0000-4000-8000-5a3d0b0c0002";
  private static final String OBJECT = "00000000-0000-4000-8000-000000000001";
  private static final String TEMPLATE = "/{tenantid}/v2.0";
  private static final ToyProvider google = new ToyProvider("");
  private static final ToyProvider microsoft = new ToyProvider(TEMPLATE);
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        new RunningGateway(
            Login.settings(
                "SLUICE_PROVIDERS_GOOGLE_AUTHURL", google.url,
                "SLUICE_PROVIDERS_GOOGLE_CLIENTID", ToyProvider.CLIENT,
                "SLUICE_PROVIDERS_MICROSOFT_AUTHURL", microsoft.url,
                "SLUICE_PROVIDERS_MICROSOFT_CLIENTID", ToyProvider.CLIENT));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    google.close();
    microsoft.close();
  }

  private static HttpResponse<Buffer> google(Consumer<Login> lie) {
    google.document = said -> said;
    Login login = Login.begin(new Person(gateway), "google");
    google.honest(login);
    lie.accept(login);
    return login.end("any");
  }

  private static HttpResponse<Buffer> microsoft(Consumer<JsonObject> lie) {
    Login login = Login.begin(new Person(gateway), "microsoft");
    microsoft.honest(login);
    microsoft
        .claims
        .put("iss", microsoft.url + "/" + TENANT + "/v2.0")
        .put("tid", TENANT)
        .put("oid", OBJECT)
        .put("email", "boss@example.com");
    lie.accept(microsoft.claims);
    return login.end("any");
  }

  private static void broken(String what, HttpResponse<Buffer> answer) {
    String said = what + ": " + answer.bodyAsString();
    assertEquals(502, answer.statusCode(), said);
    assertEquals("PROVIDER_ERROR", error(answer).getString("code"), said);
    assertNotNull(error(answer).getString("suggestion"), said);
    assertFalse(answer.cookies().stream().anyMatch(c -> c.startsWith("__Host-refresh")), said);
  }

  private static JsonObject user(HttpResponse<Buffer> answer) {
    assertEquals(200, answer.statusCode(), answer.bodyAsString());
    return answer.bodyAsJsonObject().getJsonObject("user");
  }

  @Test
  void theTruthSignsIn() {
    assertNotNull(user(google(login -> {})).getString("id"));
    assertNotNull(user(microsoft(claims -> {})).getString("id"));
  }

  @Test
  void aTokenOfAnotherSignInIsRefused() {
    for (Object nonce : new Object[] {"another", "", 1, null}) {
      HttpResponse<Buffer> answer = google(login -> google.claims.put("nonce", nonce));
      assertEquals(401, answer.statusCode(), answer.bodyAsString());
      assertEquals("OTHER_SIGN_IN", error(answer).getString("code"));
      assertNotNull(error(answer).getString("suggestion"));
    }
  }

  @Test
  void claimsAreHeldAgainstWhatTheyMustBe() {
    long now = System.currentTimeMillis() / 1000;
    JsonArray both = new JsonArray().add(ToyProvider.CLIENT).add("other");
    Map<String, Consumer<JsonObject>> lies = new LinkedHashMap<>();
    lies.put("aud of another", c -> c.put("aud", "other"));
    lies.put("no aud", c -> c.remove("aud"));
    lies.put("aud of several, given to nobody", c -> c.put("aud", both));
    lies.put("aud of several, given to another", c -> c.put("aud", both).put("azp", "other"));
    lies.put("given to another", c -> c.put("azp", "other"));
    lies.put("iss of another", c -> c.put("iss", "https://accounts.google.com"));
    lies.put("iss with a slash more", c -> c.put("iss", google.url + "/"));
    lies.put("no iss", c -> c.remove("iss"));
    lies.put("expired", c -> c.put("exp", now - 60));
    lies.put("no exp", c -> c.remove("exp"));
    lies.put("exp as a text", c -> c.put("exp", "" + (now + 60)));
    lies.put("of a time to come", c -> c.put("iat", now + 600));
    lies.put("not yet", c -> c.put("nbf", now + 600));
    lies.put("no sub", c -> c.remove("sub"));
    lies.put("an empty sub", c -> c.put("sub", ""));
    lies.put("a sub of spaces", c -> c.put("sub", "a b"));
    lies.put("a long sub", c -> c.put("sub", "x".repeat(256)));
    lies.put("a sub that is a number", c -> c.put("sub", 1));
    lies.forEach((what, lie) -> broken(what, google(login -> lie.accept(google.claims))));
  }

  @Test
  void signaturesAreTheProvidersOwn() {
    Map<String, Function<JsonObject, String>> forgeries = new LinkedHashMap<>();
    String rs256 = "{\"alg\":\"RS256\",\"kid\":\"r1\"}";
    forgeries.put("alg none", claims -> unsigned("none", claims));
    forgeries.put("alg nOnE", claims -> unsigned("nOnE", claims));
    forgeries.put("HS256 by the client's secret", claims -> hmac("secret".getBytes(UTF_8), claims));
    forgeries.put(
        "HS256 by the public key",
        claims -> hmac(google.issuer.rsa.getPublic().getEncoded(), claims));
    forgeries.put(
        "ES256, which is not what it signs with",
        c ->
            ToyIssuer.sign(
                "{\"alg\":\"ES256\",\"kid\":\"e1\"}", c.encode(), "ES256", google.issuer.ec));
    forgeries.put(
        "another's key by the same name",
        c -> ToyIssuer.sign(rs256, c.encode(), "RS256", ToyIssuer.rsaKeys(2048)));
    forgeries.put(
        "a key that is not published",
        c ->
            ToyIssuer.sign(
                "{\"alg\":\"RS256\",\"kid\":\"r9\"}", c.encode(), "RS256", google.issuer.rsa));
    forgeries.put("another text", c -> "eyJ9.x.y");
    forgeries.put("too long", c -> google.issuer.token(c.put("pad", "x".repeat(9000))));
    forgeries.forEach((what, forge) -> broken(what, google(login -> google.idToken = forge)));
  }

  private static String unsigned(String alg, JsonObject claims) {
    String head = "{\"alg\":\"" + alg + "\"}";
    return ToyIssuer.base64(head.getBytes(UTF_8))
        + "."
        + ToyIssuer.base64(claims.encode().getBytes(UTF_8))
        + ".";
  }

  private static String hmac(byte[] secret, JsonObject claims) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      String signed = unsigned("HS256", claims);
      String text = signed.substring(0, signed.length() - 1);
      return text + "." + ToyIssuer.base64(mac.doFinal(text.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void answersAreWhatTheyShouldBe() {
    Map<String, UnaryOperator<JsonObject>> strange = new LinkedHashMap<>();
    strange.put("no id_token", said -> without(said, "id_token"));
    strange.put("an id_token that is none", said -> said.put("id_token", 1));
    strange.put("no access_token", said -> without(said, "access_token"));
    strange.put("an access_token that is none", said -> said.put("access_token", new JsonArray()));
    strange.put("a refresh_token that is none", said -> said.put("refresh_token", 7));
    strange.put("a scope that is none", said -> said.put("scope", new JsonArray().add("openid")));
    strange.forEach((what, lie) -> broken(what, google(login -> google.tokens = lie)));
    for (Object expires : new Object[] {"3600", null, -1, "soon"}) {
      user(google(login -> google.tokens = said -> said.put("expires_in", expires)));
    }
  }

  private static JsonObject without(JsonObject said, String name) {
    said.remove(name);
    return said;
  }

  @Test
  void withoutARefreshTokenTheSessionIsRefreshedAlone() {
    Login login = Login.begin(new Person(gateway), "google");
    google.honest(login);
    google.tokens = said -> without(said, "refresh_token");
    assertEquals(200, login.end("any").statusCode());
    assertEquals(List.of("__Host-refresh"), List.copyOf(login.person.cookies.keySet()));
    assertEquals(200, login.person.post("/api/auth/refresh", null).statusCode());
  }

  @Test
  void aRefreshTokenThatNoBrowserWouldKeepIsNotSent() {
    Login login = Login.begin(new Person(gateway), "google");
    google.honest(login);
    google.tokens = said -> said.put("refresh_token", "x".repeat(3000));
    assertEquals(200, login.end("any").statusCode());
    assertEquals(List.of("__Host-refresh"), List.copyOf(login.person.cookies.keySet()));
  }

  @Test
  void namesAreMadeFitToBeKept() {
    String id =
        user(google(l -> google.claims.put("sub", "s1").put("name", " A\u0000da \u0007 Love ")))
            .getJsonObject("profile")
            .encode();
    assertEquals(true, id.contains("\"Ada\""), id);
    user(google(l -> google.claims.put("sub", "s2").put("given_name", "😀".repeat(500))));
    user(google(l -> google.claims.put("sub", "s3").put("given_name", "\ud800").put("name", 7)));
    user(google(l -> google.claims.put("sub", "s4").put("email", "x").put("email_verified", true)));
  }

  @Test
  void tenantsAreNotMixedUp() {
    broken("another's iss", microsoft(c -> c.put("iss", microsoft.url + "/" + OTHER + "/v2.0")));
    broken("another's tid", microsoft(c -> c.put("tid", OTHER)));
    broken("no tid", microsoft(c -> c.remove("tid")));
    broken("the template", microsoft(c -> c.put("iss", microsoft.url + TEMPLATE)));
    broken(
        "a tid that is a path",
        microsoft(c -> c.put("tid", "../x").put("iss", microsoft.url + "/../x/v2.0")));
  }

  @Test
  void oneTenantsSubjectIsNotAnothers() {
    String ours = user(microsoft(claims -> {})).getString("id");
    String theirs =
        user(microsoft(c -> c.put("tid", OTHER).put("iss", microsoft.url + "/" + OTHER + "/v2.0")))
            .getString("id");
    assertFalse(ours.equals(theirs));
  }

  /** Whatever an administrator of a tenant may have written (nOAuth). */
  @Test
  void microsoftVouchesForNoAddressButByTheDomain() {
    for (Object no :
        new Object[] {false, 0, "false", "0", "yes", 2, new JsonArray().add(1), null}) {
      JsonObject user = user(microsoft(c -> c.put("xms_edov", no).put("email_verified", true)));
      assertNull(user.getString("email"), String.valueOf(no));
    }
    JsonObject user =
        user(microsoft(c -> without(c, "oid").put("email_verified", true).put("sub", "s")));
    assertNull(user.getString("email"), "without a profile, too");
    int person = 2;
    for (Object yes : new Object[] {true, 1, "1", "true"}) {
      String oid = OBJECT.substring(0, 35) + person++;
      String email = "boss" + person + "@example.com";
      JsonObject claimed =
          user(microsoft(c -> c.put("xms_edov", yes).put("oid", oid).put("email", email)));
      assertEquals(email, claimed.getString("email"), String.valueOf(yes));
    }
  }
}
