package dev.sluice.identity.signin;

import static dev.sluice.identity.signin.Asking.field;
import static dev.sluice.identity.signin.Asking.set;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.identity.Person;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signing in by a password. */
class PasswordsIT {
  private static final String GOOD = "correct horse battery";
  private static final String OTHER = "staple of quiet rivers";
  private static RunningGateway gateway;
  private static Asking ask;
  private static Sql sql;
  private static Person weak;

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
  void aFirstPasswordIsSetAndSignsIn() {
    Person ada = ask.person("ada@example.com");
    HttpResponse<Buffer> set = set(ada, null, GOOD);
    assertEquals(204, set.statusCode(), set.bodyAsString());
    assertEquals("no-store", set.getHeader("cache-control"));

    HttpResponse<Buffer> in = ask.login("Ada@Example.com", GOOD);
    assertEquals(200, in.statusCode(), in.bodyAsString());
    assertEquals("no-store", in.getHeader("cache-control"));
    JsonObject body = in.bodyAsJsonObject();
    assertEquals(
        Set.of("accessToken", "expiresIn", "csrfToken", "user"), new TreeSet<>(body.fieldNames()));
    assertTrue(in.cookies().get(0).matches("__Host-refresh=[^;]{32,}; Path=/; .*"));
    String bearer = "Bearer " + body.getString("accessToken");
    HttpResponse<Buffer> profile = gateway.get("/api/v1/auth/profile", "Authorization", bearer);
    assertEquals(ada.user.getString("id"), profile.bodyAsJsonObject().getString("id"));
    HttpResponse<Buffer> out =
        gateway.send(HttpMethod.POST, "/api/v1/auth/logout", null, "Authorization", bearer);
    assertEquals(204, out.statusCode(), out.bodyAsString());
    HttpResponse<Buffer> after = gateway.get("/api/v1/auth/profile", "Authorization", bearer);
    flat(401, "UNAUTHORIZED", "/api/v1/auth/profile", after);
  }

  /** OWASP's parameters; the hash tells them, so that others may come after. */
  @Test
  void whatIsKeptIsArgon2id() {
    Person hash = ask.person("hash@example.com");
    set(hash, null, GOOD);
    String first = hash("hash@example.com");
    assertTrue(first.matches("\\$argon2id\\$v=19\\$m=19456,t=2,p=1\\$[^$]{22}\\$[^$]{43}"), first);
    assertEquals(first.substring(0, 31), Passwords.NOBODYS.substring(0, 31)); // of the same cost
    set(hash, GOOD, GOOD);
    assertTrue(!hash("hash@example.com").equals(first), "the same salt again");
  }

  @Test
  void whatIsWrongIsTheSameForAllAccounts() {
    set(ask.person("has@example.com"), null, GOOD);
    ask.person("hasnone@example.com");
    set(ask.person("off@example.com"), null, GOOD);
    sql.update("UPDATE users SET is_active = false WHERE email = 'off@example.com'");
    HttpResponse<Buffer> wrong = ask.login("has@example.com", OTHER);
    flat(401, "INVALID_CREDENTIALS", "/api/v1/auth/login", wrong);
    for (String email : List.of("nobody@example.com", "hasnone@example.com", "off@example.com")) {
      HttpResponse<Buffer> answer = ask.login(email, OTHER);
      assertEquals(401, answer.statusCode());
      assertEquals(anonymous(wrong), anonymous(answer));
      assertEquals(new TreeSet<>(wrong.headers().names()), new TreeSet<>(answer.headers().names()));
    }
    HttpResponse<Buffer> off = ask.login("off@example.com", GOOD);
    flat(403, "ACCOUNT_DISABLED", "/api/v1/auth/login", off);
    assertEquals(List.of(), off.cookies());
  }

  /** The text of an answer without what tells one request from another. */
  private static String anonymous(HttpResponse<Buffer> answer) {
    return answer.bodyAsString().replaceAll("\"(requestId|timestamp)\":\"[^\"]+\"", "\"$1\"");
  }

  @ParameterizedTest
  @CsvSource({"password12", "1234567890", "weak.person", "qwertyuiop", "aaaaaaaaaaaaaaaaaaaaa"})
  void weakOnesAreRefused(String password) {
    Asking.refused(422, "WEAK_PASSWORD", set(weak(), null, password));
    assertEquals("null", hash("weak.person@example.com"));
  }

  @Test
  void soAreThoseOfTheWrongLength() {
    Person weak = weak();
    for (String password :
        List.of("", "short", "z".repeat(129), "\ufdfa".repeat(20), "q".repeat(1025))) {
      HttpResponse<Buffer> answer = set(weak, null, password);
      Asking.refused(400, "VALIDATION_ERROR", answer);
      assertEquals("newPassword", field(answer));
      // what breaks the contract itself is said again
      boolean judged = !password.isEmpty() && password.length() <= 1024;
      if (judged) assertTrue(!answer.bodyAsString().contains(password));
    }
  }

  private static Person weak() {
    if (weak == null) weak = ask.person("weak.person@example.com");
    return weak;
  }

  /** A keyboard may write é as one character or as two (RFC 8265 §4.2). */
  @Test
  void theSameLettersSignInFromEveryKeyboard() {
    set(ask.person("accent@example.com"), null, "caf\u00e9 na\u00efve \ufb01n");
    assertEquals(200, ask.login("accent@example.com", "cafe\u0301 nai\u0308ve fin").statusCode());
    assertEquals(401, ask.login("accent@example.com", "cafe naive fin").statusCode());
    assertEquals(401, ask.login("accent@example.com", "CAF\u00c9 NA\u00cfVE FIN").statusCode());
  }

  @Test
  void noCharacterBreaksIt() {
    String odd = "ab\ud83d\ude00\n\t'\"\\;-- $1 %s ${x} \u202e";
    assertEquals(204, set(ask.person("odd@example.com"), null, odd).statusCode());
    assertEquals(200, ask.login("odd@example.com", odd).statusCode());
    for (String wrong : List.of(" ", "'", "a".repeat(1024))) {
      assertEquals(401, ask.login("odd@example.com", wrong).statusCode());
    }
    for (String unkept : List.of("\u0000", "\ud800")) {
      assertEquals(422, ask.login("odd@example.com", odd + unkept).statusCode());
    }
  }

  @Test
  void breachesOfTheContractAreFlat() {
    HttpResponse<Buffer> answer = ask.login("nobody", GOOD);
    flat(422, "VALIDATION_ERROR", "/api/v1/auth/login", answer);
    JsonObject field = answer.bodyAsJsonObject().getJsonArray("errors").getJsonObject(0);
    assertEquals("email", field.getString("field"));
    assertTrue(!answer.bodyAsString().contains(GOOD));
    HttpResponse<Buffer> problem =
        gateway.send(
            HttpMethod.POST,
            "/api/v1/auth/login",
            new JsonObject().put("email", "nobody@example.com").put("password", GOOD).toBuffer(),
            "Content-Type",
            "application/json",
            "Accept",
            "application/problem+json");
    assertTrue(problem.bodyAsJsonObject().getString("suggestion").contains("/auth/request-otp"));
  }

  private static void flat(int status, String code, String path, HttpResponse<Buffer> answer) {
    assertEquals(status, answer.statusCode(), answer.bodyAsString());
    JsonObject body = answer.bodyAsJsonObject();
    assertEquals(code, body.getString("code"), answer.bodyAsString());
    assertEquals(path, body.getString("path"));
    for (String name : List.of("message", "requestId", "timestamp", "retryable")) {
      assertTrue(body.containsKey(name), name);
    }
    assertTrue(!body.containsKey("error"), "nested");
    assertEquals("no-store", answer.getHeader("cache-control"));
  }

  private static String hash(String email) {
    return sql.rows("SELECT password_hash FROM users WHERE email = ?", email).get(0);
  }
}
