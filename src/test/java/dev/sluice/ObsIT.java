package dev.sluice;

import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.harness.Talker;
import dev.sluice.identity.Person;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OBS credentials: whose they are, what becomes of them, and what is written down. */
class ObsIT {
  private static final String PASSWORD = "pass \"wörd\" \uD83D\uDD11";

  private static RunningGateway gateway;
  private static Sql sql;
  private static Person ada;
  private static Person bob;

  @BeforeAll
  static void start() {
    gateway =
        new RunningGateway(
            Map.of("SLUICE_APPS", "identity,traffic,realtime,studio"),
            "limits: { credentials: { user: { requests: 10000, window: 1m } } }\n");
    sql = Sql.of(gateway);
    ada = Person.signedIn(gateway, "ada@example.com");
    bob = Person.signedIn(gateway, "bob@example.com");
  }

  @AfterAll
  static void stop() {
    sql.close();
    gateway.close();
  }

  @BeforeEach
  void nothingIsKept() {
    sql.update("DELETE FROM studio.obs_credentials");
  }

  private static JsonObject credentials() {
    return new JsonObject().put("host", "192.168.1.20").put("password", PASSWORD);
  }

  private static HttpResponse<Buffer> save(Person person, JsonObject body) {
    return person.post("/obs-credentials/save", body);
  }

  private static HttpResponse<Buffer> load(Person person) {
    return person.get("/obs-credentials/load");
  }

  private static String id(Person person) {
    return person.user.getString("id");
  }

  private static void assertAnswer(int status, String code, HttpResponse<Buffer> answer) {
    assertEquals(status, answer.statusCode(), answer::bodyAsString);
    assertEquals("no-store", answer.getHeader("cache-control"));
    if (code != null) assertEquals(code, error(answer).getString("code"));
  }

  /** What the log has of the person, the newest first. */
  private static List<String> audit(Person person) {
    return sql.rows(
        "SELECT action, result, details->>'code' FROM audit_logs WHERE user_id = ?::uuid"
            + " AND resource = 'obs_credentials' ORDER BY \"timestamp\" DESC",
        id(person));
  }

  @Test
  void whatWasSavedLastIsLoaded() {
    HttpResponse<Buffer> saved = save(ada, credentials());
    assertAnswer(200, null, saved);
    assertFalse(saved.bodyAsString().contains("password"), saved::bodyAsString);
    assertEquals(4455, saved.bodyAsJsonObject().getInteger("port"), "the usual one");
    save(ada, credentials().put("host", "studio.example").put("port", 4444));
    HttpResponse<Buffer> loaded = load(ada);
    assertAnswer(200, null, loaded);
    JsonObject body = loaded.bodyAsJsonObject();
    assertEquals("studio.example", body.getString("host"));
    assertEquals(4444, body.getInteger("port"));
    assertEquals(PASSWORD, body.getString("password"));
    assertTrue(body.containsKey("savedAt"));
    assertAnswer(404, "OBS_NOT_FOUND", load(bob));
  }

  @Test
  void whatIsDeletedIsGone() {
    save(ada, credentials());
    HttpResponse<Buffer> deleted = ada.send(HttpMethod.DELETE, "/obs-credentials/delete", null);
    assertAnswer(200, null, deleted);
    assertEquals(List.of(), sql.rows("SELECT owner FROM studio.obs_credentials"));
    assertAnswer(404, "OBS_NOT_FOUND", load(ada));
    assertAnswer(
        404, "OBS_NOT_FOUND", ada.send(HttpMethod.DELETE, "/obs-credentials/delete", null));
  }

  @Test
  void aRowThatIsPutUnderAnotherUserIsNotOpened() {
    save(ada, credentials());
    sql.update("UPDATE studio.obs_credentials SET owner = ?", id(bob));
    HttpResponse<Buffer> answer = load(bob);
    assertAnswer(409, "OBS_UNREADABLE", answer);
    assertTrue(error(answer).getString("suggestion").contains("again"), answer::bodyAsString);
    assertEquals("obs.load|failure|OBS_UNREADABLE", audit(bob).get(0));
    assertAnswer(200, null, save(bob, credentials()));
    assertAnswer(200, null, load(bob));
  }

  @Test
  void allOfItIsWrittenDownBeforeItIsAnswered() {
    save(ada, credentials());
    assertEquals("obs.save|success|null", audit(ada).get(0));
    load(ada);
    assertEquals("obs.load|success|null", audit(ada).get(0));
    ada.send(HttpMethod.DELETE, "/obs-credentials/delete", null);
    assertEquals("obs.delete|success|null", audit(ada).get(0));
    load(ada);
    assertEquals("obs.load|failure|OBS_NOT_FOUND", audit(ada).get(0));
  }

  @Test
  void withoutTheLogNothingIsLoaded() {
    save(ada, credentials());
    sql.update("ALTER TABLE audit_logs RENAME TO audit_logs_away");
    try {
      HttpResponse<Buffer> answer = load(ada);
      assertAnswer(503, "AUDIT_UNAVAILABLE", answer);
      assertFalse(answer.bodyAsString().contains("host"), answer::bodyAsString);
    } finally {
      sql.update("ALTER TABLE audit_logs_away RENAME TO audit_logs");
    }
    assertAnswer(200, null, load(ada));
    gateway.until(
        "the load that failed is written down, too",
        () -> sql.rows("SELECT 1 FROM audit_logs WHERE action = 'obs.load'").size() >= 2);
  }

  /** Nothing of a body that is refused is said again, whatever is wrong with it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"host\": \"hunter2 hunter2\", \"password\": \"x\"}",
        "{\"host\": \"h\", \"port\": \"hunter2\", \"password\": \"x\"}",
        "{\"host\": \"h\", \"password\": [\"hunter2\"]}",
        "{\"host\": \"h\", \"password\": \"hunter2\", \"port\": 0}",
        "{\"host\": \"hunter2\"}",
        "\"hunter2\"",
        "[\"hunter2\"]",
        "{\"host\": \"h\", \"password\": \"hunter2\\ud800\"}",
        "{\"host\": \"h\", \"password\": \"hunter2\", \"password\": \"hunter2\"}",
        "{\"host\": \"h\", \"password\": \"hunter2",
      })
  void whatIsRefusedIsNotSaidAgain(String body) {
    String[] headers = {
      "Authorization", "Bearer " + ada.accessToken, "Content-Type", "application/json"
    };
    HttpResponse<Buffer> answer =
        gateway.send(HttpMethod.POST, "/obs-credentials/save", Buffer.buffer(body), headers);
    assertAnswer(400, "VALIDATION_ERROR", answer);
    assertFalse(answer.bodyAsString().contains("hunter2"), answer::bodyAsString);
    assertEquals(List.of(), sql.rows("SELECT owner FROM studio.obs_credentials"));
  }

  @Test
  void aPasswordMayBeEmptyAndOf512Characters() {
    for (String password : List.of("", "x".repeat(512))) {
      assertAnswer(200, null, save(ada, credentials().put("password", password)));
      assertEquals(password, load(ada).bodyAsJsonObject().getString("password"));
    }
    assertAnswer(
        400, "VALIDATION_ERROR", save(ada, credentials().put("password", "x".repeat(513))));
  }

  @Test
  void nobodyElseHasThem() {
    String path = "/obs-credentials/load";
    assertAnswer(401, "UNAUTHORIZED", gateway.get(path));
    JsonObject tabled = new JsonObject().put("user", id(ada));
    assertAnswer(400, "VALIDATION_ERROR", save(bob, credentials().mergeIn(tabled)));
  }

  @Test
  void batchesAndSocketsHaveThemToo() {
    JsonArray parts =
        new JsonArray()
            .add(part("s", "POST", "/obs-credentials/save").put("body", credentials()))
            .add(
                part("l", "GET", "/obs-credentials/load")
                    .put("dependsOn", new JsonArray().add("s")));
    HttpResponse<Buffer> batch = ada.post("/batch", new JsonObject().put("requests", parts));
    assertEquals(200, batch.statusCode(), batch::bodyAsString);
    assertTrue(batch.bodyAsString().contains("wörd"), batch::bodyAsString);
    assertEquals("no-store", batch.getHeader("cache-control"));
    try (Talker talker = Talker.open(gateway.port(), "/ws", ada.accessToken)) {
      JsonObject call = new JsonObject().put("operation", "loadObsCredentials");
      JsonObject reply = talker.say("CALL", "1", call).next("REPLY").getJsonObject("payload");
      assertEquals(PASSWORD, reply.getJsonObject("body").getString("password"));
      JsonObject wrong = credentials().put("port", "hunter2");
      call = new JsonObject().put("operation", "saveObsCredentials").put("body", wrong);
      JsonObject refused = talker.say("CALL", "2", call).next("ERROR");
      assertFalse(refused.encode().contains("hunter2"), refused::encode);
    }
  }

  private static JsonObject part(String id, String method, String path) {
    return new JsonObject().put("id", id).put("method", method).put("path", path);
  }

  @Test
  void whoLeavesTakesThemAlong() {
    Person eve = Person.signedIn(gateway, "eve@example.com");
    save(eve, credentials());
    assertEquals(List.of(id(eve)), sql.rows("SELECT owner FROM studio.obs_credentials"));
    HttpResponse<Buffer> gone = eve.send(HttpMethod.DELETE, "/users/me", null);
    assertTrue(gone.statusCode() < 300, gone::bodyAsString);
    assertEquals(List.of(), sql.rows("SELECT owner FROM studio.obs_credentials"));
  }
}
