package dev.sluice.identity.signin;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.identity.signin.Asking.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How often codes may be asked for and tried, by whom. */
class CodeLimitsIT {
  private static final int CLIENTS = 200;
  private static final int GUESSES = 1000;
  private static RunningGateway gateway;
  private static Asking ask;
  private static Sql sql;

  @BeforeAll
  static void start() {
    gateway = new RunningGateway(Asking.SETTINGS);
    ask = new Asking(gateway);
    sql = Sql.of(gateway);
  }

  @AfterAll
  static void stop() {
    sql.close();
    gateway.close();
  }

  @Test
  void anAddressHasThreeInAQuarterOfAnHourFromWherever() {
    String third = null;
    for (int i = 1; i <= 3; i++) {
      assertEquals(200, ask.code("three@example.com").statusCode());
      third = ask.mailed("three@example.com", i);
    }
    tooMany(3, ask.code("three@example.com"));
    tooMany(3, ask.code("THREE@example.com"));
    assertEquals(200, ask.code("four@example.com").statusCode());
    // the third is as good as it was
    assertEquals(200, ask.verify("three@example.com", third).statusCode());

    sql.update("UPDATE attempts SET at = at - interval '15 min' WHERE key = 'three@example.com'");
    assertEquals(200, ask.code("three@example.com").statusCode());
  }

  @Test
  void atOnceAsOneByOne() {
    List<Future<HttpResponse<Buffer>>> all = new ArrayList<>();
    JsonObject body = new JsonObject().put("email", "burst@example.com");
    for (int i = 0; i < 40; i++) all.add(ask.post("/auth/request-otp", body, ask.client()));
    assertEquals(Map.of("200", 3, "429", 37), counted(all));
    ask.mailed("burst@example.com", 3);
  }

  @Test
  void aClientHasTenForAnyAddresses() {
    String from = ask.client();
    for (int i = 0; i < 10; i++) {
      assertEquals(200, ask.code("ten" + i + "@example.com", from).statusCode());
    }
    tooMany(10, ask.code("eleven@example.com", from));
    assertEquals(200, ask.code("eleven@example.com").statusCode());
  }

  @Test
  void ofIpv6OneNetworkIsOneClient() {
    for (int i = 0; i < 10; i++) {
      String from = "2001:db8:0:7:" + i + "::" + i;
      assertEquals(200, ask.code("six" + i + "@example.com", from).statusCode());
    }
    tooMany(10, ask.code("seven@example.com", "2001:DB8:0:7:ffff:ffff:ffff:ffff"));
    assertEquals(200, ask.code("seven@example.com", "2001:db8:0:8::1").statusCode());
  }

  @Test
  void ipv4WrittenAsIpv6IsStillTheSameClient() {
    String from = ask.client();
    for (int i = 0; i < 10; i++) ask.code("mapped" + i + "@example.com", from);
    tooMany(10, ask.code("mapped@example.com", "::ffff:" + from));
    assertEquals(200, ask.code("mapped@example.com", "::ffff:192.0.2.1").statusCode());
  }

  @Test
  void aClientCannotTryTheCodesOfManyAddresses() {
    String from = ask.client();
    List<Future<HttpResponse<Buffer>>> all = new ArrayList<>();
    for (int i = 0; i < 40; i++) all.add(ask.verify("spray" + i + "@example.com", "123456", from));
    assertEquals(Map.of("401 INVALID_CODE", 30, "429 RATE_LIMIT_EXCEEDED", 10), named(all));
  }

  /** Two hundred clients guess a thousand times: 5 tries of each of 3 codes are judged. */
  @Test
  void bruteForceOfOneAccountEndsHoweverManyTakePart() {
    String victim = "victim@example.com";
    ask.person("bystander@example.com");
    Map<String, Integer> outcomes = new TreeMap<>();
    List<String> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) clients.add(ask.client());
    String code = null;
    for (int round = 0; round < 4; round++) {
      HttpResponse<Buffer> asked = ask.code(victim);
      assertEquals(round < 3 ? 200 : 429, asked.statusCode());
      if (round < 3) code = ask.mailed(victim, round + 1);
      named(guesses(victim, code, clients)).forEach((k, n) -> outcomes.merge(k, n, Integer::sum));
      if (round == 1) ask.person("bystander@example.com");
    }
    assertEquals(Map.of("401 INVALID_CODE", 15, "429 TOO_MANY_TRIES", GUESSES - 15), outcomes);
    refused(429, "TOO_MANY_TRIES", ask.verify(victim, code));
    assertEquals(List.of("0"), sql.rows("SELECT count(*) FROM users WHERE email = ?", victim));
  }

  private static List<Future<HttpResponse<Buffer>>> guesses(
      String email, String code, List<String> clients) {
    int right = Integer.parseInt(code.replace(" ", ""));
    List<Future<HttpResponse<Buffer>>> all = new ArrayList<>();
    for (int i = 1; i <= GUESSES / 4; i++) {
      String guess = "%06d".formatted((right + i) % 1_000_000);
      all.add(ask.verify(email, guess, clients.get(i % CLIENTS)));
    }
    return all;
  }

  private static void tooMany(int limit, HttpResponse<Buffer> answer) {
    refused(429, "RATE_LIMIT_EXCEEDED", answer);
    JsonObject error = RunningGateway.error(answer);
    assertEquals(
        new JsonObject().put("limit", limit).put("window", 900), error.getJsonObject("details"));
    int wait = Integer.parseInt(answer.getHeader("retry-after"));
    assertTrue(wait > 800 && wait <= 900, "Retry-After: " + wait);
    assertEquals(wait, error.getInteger("retryAfter"));
  }

  private static Map<String, Integer> counted(List<Future<HttpResponse<Buffer>>> all) {
    Map<String, Integer> counts = new TreeMap<>();
    all.forEach(f -> counts.merge("" + await(f).statusCode(), 1, Integer::sum));
    return counts;
  }

  private static Map<String, Integer> named(List<Future<HttpResponse<Buffer>>> all) {
    Map<String, Integer> counts = new TreeMap<>();
    for (Future<HttpResponse<Buffer>> one : all) {
      HttpResponse<Buffer> answer = await(one);
      String code = RunningGateway.error(answer).getString("code");
      counts.merge(answer.statusCode() + " " + code, 1, Integer::sum);
    }
    return counts;
  }
}
