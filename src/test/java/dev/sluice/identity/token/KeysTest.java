package dev.sluice.identity.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.sluice.call.Failure;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.ToyIssuer;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The keys of an issuer, as they come and go. */
class KeysTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private final ToyIssuer issuer = new ToyIssuer();

  @AfterEach
  void close() {
    issuer.close();
  }

  private Keys keys(Duration pause) {
    IssuerSettings settings =
        new IssuerSettings(
            ToyIssuer.NAME, List.of(ToyIssuer.AUDIENCE), issuer.keysUrl(), null, null, null);
    HttpClient client = issuer.vertx().createHttpClient(new PoolOptions().setHttp1MaxSize(1));
    return new Keys(issuer.vertx(), client, "toy", settings, new Keys.Pace(pause, TIMEOUT));
  }

  private static Jws asking(String id, String algorithm) {
    return new Jws(algorithm, id, null);
  }

  private static Throwable cause(Future<Key> found) {
    return RunningGateway.await(found.<Throwable>map(key -> null).recover(Future::succeededFuture));
  }

  @Test
  void allWhoAskAtOnceWaitForOneFetch() {
    Keys keys = keys(Duration.ofMinutes(1));
    List<Future<Key>> found = new ArrayList<>();
    for (int i = 0; i < 100; i++) found.add(keys.find(asking("r1", "RS256")));
    for (Future<Key> one : found) assertNotNull(RunningGateway.await(one));
    assertEquals(1, issuer.asked.get());
  }

  @Test
  void namesThatNobodyKnowsAreLookedForOnceAMinuteAtMost() {
    Keys keys = keys(Duration.ofMinutes(1));
    for (int i = 0; i < 100; i++) {
      assertInstanceOf(NoToken.class, cause(keys.find(asking("no" + i, "RS256"))));
    }
    assertEquals(1, issuer.asked.get());
  }

  @Test
  void aNewKeyIsFoundAndOneThatIsGoneIsNot() {
    Keys keys = keys(Duration.ZERO);
    RunningGateway.await(keys.find(asking("r1", "RS256")));
    KeyPair next = ToyIssuer.rsaKeys(2048);
    issuer.published = set(ToyIssuer.jwk("r2", next));
    assertNotNull(RunningGateway.await(keys.find(asking("r2", "RS256"))));
    assertInstanceOf(NoToken.class, cause(keys.find(asking("r1", "RS256"))));
  }

  @Test
  void whereTheIssuerIsAwayKnownKeysStayAndOthersAreNotJudged() {
    Keys keys = keys(Duration.ZERO);
    RunningGateway.await(keys.find(asking("r1", "RS256")));
    issuer.answers = request -> request.response().setStatusCode(500).end();
    assertNotNull(RunningGateway.await(keys.find(asking("r1", "RS256"))));
    Failure failure = assertInstanceOf(Failure.class, cause(keys.find(asking("r2", "RS256"))));
    assertEquals(503, failure.status());
  }

  @Test
  void whatIsNoUsableKeyIsLeftAside() {
    KeyPair weak = ToyIssuer.rsaKeys(1024);
    JsonObject secret = new JsonObject().put("kty", "oct").put("kid", "s").put("k", "AAAA");
    JsonObject hidden = ToyIssuer.jwk("enc", issuer.rsa).put("use", "enc");
    JsonObject bound = ToyIssuer.jwk("ps", issuer.rsa).put("alg", "PS256");
    JsonObject broken = ToyIssuer.jwk("broken", issuer.ec);
    broken.remove("x");
    issuer.published =
        set(
            secret,
            hidden,
            bound,
            broken,
            ToyIssuer.jwk("weak", weak),
            ToyIssuer.jwk("r1", issuer.rsa));
    issuer.published.getJsonArray("keys").add("no key").addNull();
    Keys keys = keys(Duration.ofMinutes(1));
    assertNotNull(RunningGateway.await(keys.find(asking("r1", "RS256"))));
    for (String id : List.of("s", "enc", "ps", "broken", "weak")) {
      for (String algorithm : List.of("RS256", "ES256")) {
        assertInstanceOf(NoToken.class, cause(keys.find(asking(id, algorithm))), id);
      }
    }
  }

  @Test
  void anIssuerThatHangsIsAskedAgain() {
    Keys keys = keys(Duration.ZERO);
    issuer.answers = request -> {};
    for (int i = 0; i < 2; i++) {
      assertInstanceOf(Failure.class, cause(keys.find(asking("r1", "RS256"))));
    }
    assertEquals(2, issuer.asked.get());
    issuer.answers = request -> request.response().end(issuer.published.toBuffer());
    assertNotNull(RunningGateway.await(keys.find(asking("r1", "RS256"))));
  }

  @Test
  void anAnswerThatIsNoKeySetIsNone() {
    for (String text :
        List.of("", "no", "[]", "{}", "{\"keys\":1}", "{\"keys\":null}", "{\"keys\":[1]}")) {
      issuer.answers = request -> request.response().end(text);
      Failure failure =
          assertInstanceOf(
              Failure.class, cause(keys(Duration.ZERO).find(asking("r1", "RS256"))), text);
      assertEquals(503, failure.status());
    }
    issuer.answers = request -> request.response().end("{\"keys\":[" + " ".repeat(600_000) + "]}");
    assertInstanceOf(Failure.class, cause(keys(Duration.ZERO).find(asking("r1", "RS256"))));
  }

  private static JsonObject set(JsonObject... keys) {
    JsonArray all = new JsonArray();
    for (JsonObject key : keys) all.add(key);
    return new JsonObject().put("keys", all);
  }
}
