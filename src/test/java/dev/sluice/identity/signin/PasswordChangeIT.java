package dev.sluice.identity.signin;

import static dev.sluice.identity.signin.Asking.field;
import static dev.sluice.identity.signin.Asking.set;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.identity.Person;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may set a password or change it, and which sessions end then. */
class PasswordChangeIT {
  private static final String GOOD = "correct horse battery";
  private static final String OTHER = "staple of quiet rivers";
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
  void aFirstPasswordNeedsAFreshSignIn() {
    Person slow = aged(ask.person("slow@example.com"));
    Asking.refused(403, "SIGN_IN_AGAIN", set(slow, null, GOOD));
    Person again = ask.person("slow@example.com");
    assertEquals(204, set(again, null, GOOD).statusCode());
    assertEquals(204, set(aged(again), GOOD, OTHER).statusCode()); // the one before is as good
  }

  /** The same, an hour later. */
  private static Person aged(Person person) {
    sql.update(
        "UPDATE sessions SET created_at = now() - interval '61 min' WHERE user_id::text = ?",
        person.user.getString("id"));
    return person;
  }

  @Test
  void toChangeItNeedsTheOneBefore() {
    Person eve = ask.person("change@example.com");
    set(eve, null, GOOD);
    aged(eve);
    HttpResponse<Buffer> without = set(eve, null, OTHER);
    Asking.refused(400, "VALIDATION_ERROR", without);
    assertEquals("currentPassword", field(without));
    Asking.refused(403, "INVALID_CREDENTIALS", set(eve, OTHER, OTHER));
    Asking.refused(403, "INVALID_CREDENTIALS", set(eve, "", OTHER));
    String query =
        "SELECT details->>'code' FROM audit_logs WHERE action = 'password.set' AND result ="
            + " 'failure' AND user_id::text = ?";
    String id = eve.user.getString("id");
    gateway.until("audit entries", () -> sql.rows(query, id).size() >= 2);
    assertEquals("INVALID_CREDENTIALS", sql.rows(query + " ORDER BY timestamp DESC", id).get(0));
    assertEquals(200, ask.login("change@example.com", GOOD).statusCode());
    assertEquals(204, set(eve, GOOD, OTHER).statusCode());
    assertEquals(401, ask.login("change@example.com", GOOD).statusCode());
    assertEquals(200, ask.login("change@example.com", OTHER).statusCode());
  }

  @Test
  void whoHasForgottenItSetsAnotherAfterACode() {
    Person ada = ask.person("forgets@example.com");
    set(ada, null, GOOD);
    Person back = ask.person("forgets@example.com");
    assertEquals(204, set(back, null, OTHER).statusCode());
    assertEquals(401, ada.get("/auth/me").statusCode());
    assertEquals(200, ask.login("forgets@example.com", OTHER).statusCode());
    Person byPassword = new Person(gateway);
    JsonObject login = new JsonObject().put("email", "forgets@example.com").put("password", OTHER);
    byPassword.post("/api/v1/auth/login", login);
    Asking.refused(400, "VALIDATION_ERROR", set(byPassword, null, GOOD));
  }

  @Test
  void onlyTheSignedInSetOne() {
    Asking.refused(401, "UNAUTHORIZED", set(new Person(gateway), null, GOOD));
  }

  @Test
  void allOtherSessionsEnd() {
    Person here = ask.person("sessions@example.com");
    Person there = ask.person("sessions@example.com");
    assertEquals(200, there.get("/auth/me").statusCode());
    set(here, null, GOOD);
    assertEquals(401, there.get("/auth/me").statusCode());
    assertEquals(401, there.refresh().statusCode());
    assertEquals(200, here.get("/auth/me").statusCode());
    assertEquals(200, here.refresh().statusCode());
  }

  /** Somebody who knows the old password and never stops to sign in has no session afterwards. */
  @Test
  void noSignInByTheOldPasswordOutlivesTheChange() {
    Person owner = ask.person("race@example.com");
    set(owner, null, GOOD);
    List<String> tokens = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      String now = round % 2 == 0 ? GOOD : OTHER;
      Future<HttpResponse<Buffer>> change = change(owner, now, next(now));
      List<Future<Void>> thieves = new ArrayList<>();
      for (int i = 0; i < 3; i++) thieves.add(steal(now, ask.client(), change, tokens));
      assertEquals(204, RunningGateway.await(change).statusCode());
      thieves.forEach(RunningGateway::await);
    }
    for (String token : tokens) {
      assertEquals(401, gateway.get("/auth/me", "Authorization", "Bearer " + token).statusCode());
    }
    assertEquals(200, owner.get("/auth/me").statusCode());
  }

  private static String next(String now) {
    return now.equals(GOOD) ? OTHER : GOOD;
  }

  private static Future<HttpResponse<Buffer>> change(Person owner, String from, String to) {
    JsonObject body = new JsonObject().put("currentPassword", from).put("newPassword", to);
    return gateway.sendAsync(
        HttpMethod.PUT,
        "/users/me/password",
        body.toBuffer(),
        "Authorization",
        "Bearer " + owner.accessToken,
        "Content-Type",
        "application/json");
  }

  /** Signs in by a password until it is another. */
  private static Future<Void> steal(
      String password, String from, Future<?> change, List<String> tokens) {
    boolean last = change.isComplete();
    return ask.login("race@example.com", password, from)
        .compose(
            answer -> {
              if (answer.statusCode() == 200) {
                synchronized (tokens) {
                  tokens.add(answer.bodyAsJsonObject().getString("accessToken"));
                }
              }
              return last ? Future.succeededFuture() : steal(password, from, change, tokens);
            });
  }
}
