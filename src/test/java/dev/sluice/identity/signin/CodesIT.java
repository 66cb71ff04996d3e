package dev.sluice.identity.signin;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.identity.signin.Asking.not;
import static dev.sluice.identity.signin.Asking.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.identity.Person;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of a one-time code. */
class CodesIT {
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
  void aCodeIsMailedAndSignsIn() {
    HttpResponse<Buffer> asked = ask.code("ada@example.com");
    assertEquals(200, asked.statusCode());
    JsonObject said =
        new JsonObject()
            .put("message", "A code is on its way to ada@example.com.")
            .put("expiresIn", 600);
    assertEquals(said, asked.bodyAsJsonObject());
    assertEquals("no-store", asked.getHeader("cache-control"));

    HttpResponse<Buffer> in = ask.verify("ada@example.com", ask.mailed("ada@example.com", 1));
    assertEquals(200, in.statusCode());
    assertEquals("no-store", in.getHeader("cache-control"));
    JsonObject body = in.bodyAsJsonObject();
    assertEquals(
        Set.of("accessToken", "expiresIn", "csrfToken", "user"), new TreeSet<>(body.fieldNames()));
    assertEquals(900, body.getInteger("expiresIn"));
    JsonObject user = body.getJsonObject("user");
    assertEquals("ada@example.com", user.getString("email"));
    assertEquals(4, UUID.fromString(user.getString("id")).version());
    assertTrue(body.getString("csrfToken").length() >= 32);
    String bearer = "Bearer " + body.getString("accessToken");
    assertEquals(200, gateway.get("/auth/me", "Authorization", bearer).statusCode());
  }

  /** RFC 6265bis §4.1.3.2: with this prefix it is of this host, of every path, and over TLS. */
  @Test
  void theRefreshCookieIsKeptFromScriptsAndOtherSites() {
    ask.code("cookie@example.com");
    HttpResponse<Buffer> in = ask.verify("cookie@example.com", ask.mailed("cookie@example.com", 1));
    assertEquals(1, in.cookies().size());
    List<String> parts = List.of(in.cookies().get(0).split("; "));
    assertTrue(parts.get(0).matches("__Host-refresh=[A-Za-z0-9._~-]{32,}"), parts.get(0));
    assertEquals(
        Set.of("Path=/", "Max-Age=2592000", "Secure", "HttpOnly", "SameSite=Strict"),
        Set.copyOf(parts.subList(1, parts.size())));
    String secret = parts.get(0).substring("__Host-refresh=".length());
    assertTrue(!in.bodyAsString().contains(secret), "the body has the refresh token, too");
  }

  @Test
  void theMailHasTheCodeAsTextAndAsHtml() {
    ask.code("mail@example.com");
    String code = ask.mailed("mail@example.com", 1);
    assertTrue(code.matches("[0-9]{3} [0-9]{3}"), code);
    JsonObject mail = Person.mails(gateway, "mail@example.com").getJsonObject(0);
    for (String part : List.of("text", "html")) {
      assertTrue(mail.getString(part).contains(code), mail.getString(part));
      assertTrue(mail.getString(part).contains("for 10 minutes"), mail.getString(part));
      assertTrue(!mail.getString(part).contains("{"), mail.getString(part));
    }
  }

  @Test
  void theDatabaseHasNoCodeButAKeyedHash() {
    ask.code("hash@example.com");
    String code = ask.mailed("hash@example.com", 1).replace(" ", "");
    String query = "SELECT length(mac), codes::text FROM codes WHERE email = 'hash@example.com'";
    String row = sql.rows(query).get(0);
    assertTrue(row.startsWith("32|"), row);
    assertTrue(!row.contains(code), row);
    String plain = "SELECT count(*) FROM codes WHERE mac = sha256(convert_to(?, 'UTF8'))";
    assertEquals(List.of("0"), sql.rows(plain, code));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s%s",
        "%s %s",
        " %s%s\t",
        "%s-%s",
        "%s\u00a0%s",
        "%s\u202f%s",
        "%s\u2009%s",
        "%s\u2013%s",
        "%s\u200b%s",
        "%s\r\n%s",
        "\ufeff%s%s"
      })
  void itMayBeWrittenAsItIsSeen(String form) {
    String email = "form" + form.hashCode() + "@example.com";
    ask.code(email);
    String[] halves = ask.mailed(email, 1).split(" ");
    HttpResponse<Buffer> in = ask.verify(email, form.formatted(halves[0], halves[1]));
    assertEquals(200, in.statusCode(), in.bodyAsString());
  }

  @Test
  void theAddressIsTheSameInCapitalsAndWithSpacesAround() {
    Person before = ask.person("case@example.com");
    ask.code(" CASE@Example.COM ");
    String code = ask.mailed("case@example.com", 2);
    JsonObject in = ask.verify("Case@EXAMPLE.com", code).bodyAsJsonObject();
    assertEquals(before.user.getString("id"), in.getJsonObject("user").getString("id"));
  }

  @Test
  void itIsGoodOnce() {
    ask.code("once@example.com");
    String code = ask.mailed("once@example.com", 1);
    assertEquals(200, ask.verify("once@example.com", code).statusCode());
    refused(401, "INVALID_CODE", ask.verify("once@example.com", code));
  }

  @Test
  void ofManyAtOnceOneSignsIn() {
    for (int round = 0; round < 8; round++) {
      String email = "twice" + round + "@example.com";
      ask.code(email);
      String code = ask.mailed(email, 1);
      List<Future<HttpResponse<Buffer>>> all =
          List.of(
              ask.verify(email, code, ask.client()),
              ask.verify(email, code, ask.client()),
              ask.verify(email, code, ask.client()));
      List<Integer> statuses = all.stream().map(f -> await(f).statusCode()).sorted().toList();
      assertEquals(List.of(200, 401, 401), statuses);
      String sessions =
          "SELECT count(*) FROM sessions s JOIN users u ON u.id = user_id WHERE email = ?";
      assertEquals(List.of("1"), sql.rows(sessions, email));
    }
  }

  @Test
  void afterFiveWrongTriesTheRightOneIsRefused() {
    ask.code("tries@example.com");
    ask.code("calm@example.com");
    String code = ask.mailed("tries@example.com", 1);
    for (int i = 0; i < 5; i++) {
      refused(401, "INVALID_CODE", ask.verify("tries@example.com", not(code)));
    }
    HttpResponse<Buffer> late = ask.verify("tries@example.com", code);
    refused(429, "TOO_MANY_TRIES", late);
    int wait = Integer.parseInt(late.getHeader("retry-after"));
    assertTrue(wait > 590 && wait <= 600, "Retry-After: " + wait);
    assertEquals(
        200, ask.verify("calm@example.com", ask.mailed("calm@example.com", 1)).statusCode());

    ask.code("tries@example.com");
    String next = ask.mailed("tries@example.com", 2);
    assertEquals(200, ask.verify("tries@example.com", next).statusCode());
  }

  @Test
  void theFifthTryMayBeTheRightOne() {
    ask.code("fifth@example.com");
    String code = ask.mailed("fifth@example.com", 1);
    for (int i = 0; i < 4; i++) ask.verify("fifth@example.com", not(code));
    assertEquals(200, ask.verify("fifth@example.com", code).statusCode());
  }

  @Test
  void anotherCodeEndsTheOneBefore() {
    ask.code("again@example.com");
    String first = ask.mailed("again@example.com", 1);
    ask.code("again@example.com");
    String second = ask.mailed("again@example.com", 2);
    assertNotEquals(first, second); // once in a million
    refused(401, "INVALID_CODE", ask.verify("again@example.com", first));
    assertEquals(200, ask.verify("again@example.com", second).statusCode());
  }

  @Test
  void itIsNoOneElses() {
    ask.code("mine@example.com");
    ask.code("yours@example.com");
    String mine = ask.mailed("mine@example.com", 1);
    assertNotEquals(mine, ask.mailed("yours@example.com", 1)); // once in a million
    refused(401, "INVALID_CODE", ask.verify("yours@example.com", mine));
    refused(401, "INVALID_CODE", ask.verify("nobodys@example.com", mine));
  }

  @Test
  void itExpires() {
    ask.code("late@example.com");
    String code = ask.mailed("late@example.com", 1);
    sql.update("UPDATE codes SET expires_at = now() WHERE email = 'late@example.com'");
    refused(401, "CODE_EXPIRED", ask.verify("late@example.com", code));
    refused(401, "CODE_EXPIRED", ask.verify("late@example.com", not(code)));
  }

  @Test
  void whoIsKeptOutIsToldSoOnlyWithTheRightCode() {
    ask.person("out@example.com");
    sql.update("UPDATE users SET is_active = false WHERE email = 'out@example.com'");
    ask.code("out@example.com");
    String code = ask.mailed("out@example.com", 2);
    refused(401, "INVALID_CODE", ask.verify("out@example.com", not(code)));
    HttpResponse<Buffer> right = ask.verify("out@example.com", code);
    refused(403, "ACCOUNT_DISABLED", right);
    assertEquals(List.of(), right.cookies());
  }

  @Test
  void whatIsNotSignedInIsWrittenDown() {
    ask.code("audited@example.com");
    String code = ask.mailed("audited@example.com", 1);
    String from = ask.client();
    await(ask.verify("audited@example.com", not(code), from));
    String query =
        "SELECT result || details::text FROM audit_logs WHERE ip_address = ? AND action = 'session.open'";
    gateway.until("an audit entry", () -> sql.rows(query, from).size() == 1);
    String entry = sql.rows(query, from).get(0);
    assertTrue(entry.startsWith("failure") && entry.contains("INVALID_CODE"), entry);
    assertTrue(!entry.contains(not(code)), entry);
  }

  /** No one learns from an answer whether somebody has an account. */
  @Test
  void theAnswerIsTheSameForEveryAddress() {
    ask.person("has@example.com");
    ask.person("off@example.com");
    sql.update("UPDATE users SET is_active = false WHERE email = 'off@example.com'");
    HttpResponse<Buffer> unknown = ask.code("new@example.com");
    for (String known : List.of("has@example.com", "off@example.com")) {
      HttpResponse<Buffer> answer = ask.code(known);
      assertEquals(unknown.statusCode(), answer.statusCode());
      assertEquals(unknown.bodyAsString(), answer.bodyAsString().replace(known, "new@example.com"));
      assertEquals(
          new TreeSet<>(unknown.headers().names()), new TreeSet<>(answer.headers().names()));
    }
    HttpResponse<Buffer> never = ask.verify("never@example.com", "000000");
    HttpResponse<Buffer> wrong =
        ask.verify("has@example.com", not(ask.mailed("has@example.com", 2)));
    assertEquals(anonymous(never), anonymous(wrong));
  }

  private static JsonObject anonymous(HttpResponse<Buffer> answer) {
    JsonObject body = answer.bodyAsJsonObject();
    body.getJsonObject("error").remove("correlationId");
    return body.put("status", answer.statusCode());
  }

  @Test
  void theGatewayAnswersNoOtherMethod() {
    for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.PUT, HttpMethod.DELETE)) {
      refused(405, "METHOD_NOT_ALLOWED", gateway.send(method, "/auth/request-otp", null));
    }
  }
}
