package dev.sluice.webhook;

import static dev.sluice.webhook.Hooks.create;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.harness.Ledger;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.harness.ToyReceiver;
import dev.sluice.identity.Person;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** That a job has ended is told to webhooks, once, whatever happens meanwhile. */
class JobEventsIT {
  private static RunningGateway gateway;
  private static Sql sql;
  private static Person ada;
  private ToyReceiver receiver;

  @BeforeAll
  static void startAll() {
    gateway =
        new RunningGateway(
            Map.of(
                "SLUICE_APPS", "identity,traffic,notebook,ledger",
                "SLUICE_JOBS_LEASE", "1s",
                "SLUICE_WEBHOOKS_HTTP", "true",
                "SLUICE_WEBHOOKS_ALLOW", "127.0.0.1"),
            "",
            List.of(new Ledger()));
    sql = Sql.of(gateway);
    sql.update("SET search_path = traffic");
    ada = Person.signedIn(gateway, "ada@example.com");
  }

  @AfterAll
  static void stopAll() {
    sql.close();
    gateway.close();
  }

  @BeforeEach
  void start() {
    receiver = new ToyReceiver();
    create(ada, receiver, "job.*");
  }

  @AfterEach
  void stop() {
    sql.update("DELETE FROM webhooks");
    receiver.close();
  }

  /** Its id. */
  private static String job() {
    HttpResponse<Buffer> answer =
        ada.post("/ledger/later", new JsonObject().put("note", "a"), "Prefer", "respond-async");
    assertEquals(202, answer.statusCode(), answer.bodyAsString());
    return answer.bodyAsJsonObject().getString("id");
  }

  private static void untilTold(String job) {
    gateway.until(
        "its end is told",
        () -> sql.rows("SELECT 1 FROM jobs WHERE told AND id = ?::uuid", job).size() == 1);
  }

  @Test
  void theEndOfAJobIsToldToItsOwner() {
    String job = job();
    gateway.until("it is told", () -> receiver.received.size() == 1);
    JsonObject body = new JsonObject(receiver.last().body());
    assertEquals("job.succeeded", body.getString("type"));
    assertEquals(job, body.getJsonObject("data").getString("id"));
    assertEquals("addLater", body.getJsonObject("data").getString("operation"));
  }

  @Test
  void whatIsToldTwiceIsDeliveredOnce() {
    String job = job();
    untilTold(job);
    sql.update("UPDATE jobs SET told = false");
    untilTold(job);
    assertEquals(List.of("1"), sql.rows("SELECT count(*) FROM webhook_deliveries"));
  }

  @Test
  void whatCannotBeToldNowIsToldLater() {
    sql.update("ALTER TABLE webhook_deliveries RENAME TO elsewhere");
    String job = job();
    gateway.until(
        "it has ended",
        () ->
            sql.rows("SELECT 1 FROM jobs WHERE ended_at < now() AND id = ?::uuid", job).size()
                == 1);
    sql.update("ALTER TABLE elsewhere RENAME TO webhook_deliveries");
    gateway.until("it is told", () -> receiver.received.size() == 1);
    assertEquals(job, new JsonObject(receiver.last().body()).getJsonObject("data").getString("id"));
  }
}
