package dev.sluice.webhook;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.harness.RunningGateway.error;
import static dev.sluice.harness.ToyReceiver.endless;
import static dev.sluice.harness.ToyReceiver.say;
import static dev.sluice.harness.ToyReceiver.status;
import static dev.sluice.webhook.Hooks.attempts;
import static dev.sluice.webhook.Hooks.create;
import static dev.sluice.webhook.Hooks.deliveries;
import static dev.sluice.webhook.Hooks.event;
import static dev.sluice.webhook.Hooks.get;
import static dev.sluice.webhook.Hooks.isSignedWith;
import static dev.sluice.webhook.Hooks.patch;
import static dev.sluice.webhook.Hooks.path;
import static dev.sluice.webhook.Hooks.wish;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.Sql;
import dev.sluice.harness.ToyReceiver;
import dev.sluice.harness.ToyReceiver.Received;
import dev.sluice.identity.Person;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From an event to those who hear of it, however they behave. */
class DeliveryIT {
  private static Hooks hooks;
  private static Person admin;
  private static Person ada;
  private static Person bob;
  private ToyReceiver receiver;

  @BeforeAll
  static void startAll() {
    hooks = new Hooks();
    admin = hooks.someone("root");
    ada = hooks.someone("ada");
    bob = hooks.someone("bob");
  }

  @AfterAll
  static void stopAll() {
    hooks.close();
  }

  @BeforeEach
  void start() {
    receiver = new ToyReceiver();
    hooks.sql.update("DELETE FROM webhooks");
  }

  @AfterEach
  void stop() {
    receiver.close();
  }

  @Test
  void anEventIsToldAsStandardWebhooksSay() {
    JsonObject webhook = create(ada, receiver, "job.*");
    Instant before = Instant.now();
    assertEquals(1, hooks.publish("job.finished", ada, Map.of("name", "Zoë \"🎧\"", "n", 7)));
    JsonObject delivery = hooks.ended(ada, webhook, "delivered");
    Received got = receiver.last();
    assertTrue(isSignedWith(webhook.getString("secret"), got));
    assertFalse(isSignedWith("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", got));
    JsonObject body = new JsonObject(got.body());
    assertEquals(Set.of("type", "timestamp", "data"), body.fieldNames());
    assertEquals("job.finished", body.getString("type"));
    assertFalse(Instant.parse(body.getString("timestamp")).isBefore(before));
    assertEquals("Zoë \"🎧\"", body.getJsonObject("data").getString("name"));
    assertEquals(got.fields().get("webhook-id"), delivery.getString("message"));
    assertTrue(delivery.getString("message").startsWith("msg_"));
    assertEquals("job.finished", delivery.getString("type"));
    assertNull(delivery.getString("error"));
    assertNull(delivery.getString("nextAttemptAt"));
    assertNotNull(delivery.getString("endedAt"));
    JsonObject attempt = attempts(delivery).get(0);
    assertEquals(204, attempt.getInteger("status"));
    assertNull(attempt.getString("error"));
    assertTrue(attempt.getInteger("durationMs") >= 0);
  }

  @Test
  void onlyThoseHearWhoAskedAndMay() {
    create(ada, receiver, "job.finished", "*.failed");
    assertEquals(0, hooks.publish("job.begun", ada));
    assertEquals(0, hooks.publish("job.finished.twice", ada));
    assertEquals(0, hooks.publish("job.finished", bob));
    assertEquals(0, hooks.publish("job.finished", null));
    assertEquals(1, hooks.publish("job.finished", ada));
    assertEquals(1, hooks.publish("mail.failed", ada));
    JsonObject all = wish(receiver.url(), "*").put("everybody", true);
    assertEquals(201, admin.post("/webhooks", all).statusCode());
    assertEquals(1, hooks.publish("job.begun", ada));
    assertEquals(1, hooks.publish("job.finished", bob));
    assertEquals(1, hooks.publish("system.up", null));
    assertEquals(2, hooks.publish("job.finished", ada));
    hooks.untilReceived(receiver, 7);
    List<String> ids = receiver.received.stream().map(r -> r.fields().get("webhook-id")).toList();
    assertEquals(6, new HashSet<>(ids).size(), "an event is known by one id everywhere");
  }

  @Test
  void whatIsNoEventIsRefusedToWhoeverPublishesIt() {
    for (String type : List.of("", "Job", "job.*", "a b", "a.b.c.d.e.f.g")) {
      assertThrows(AssertionError.class, () -> hooks.publish(type, ada), type);
    }
  }

  @Test
  void oneThatFailsIsTriedAgainUntilItIsTaken() {
    JsonObject webhook = create(ada, receiver, "*");
    AtomicInteger requests = new AtomicInteger();
    receiver.answers =
        (request, socket) ->
            (requests.incrementAndGet() < 3
                    ? say("HTTP/1.1 500 No\r\nContent-Length: 7\r\n\r\nnot yet")
                    : status(200))
                .to(request, socket);
    hooks.publish("job.finished", ada);
    List<JsonObject> attempts = attempts(hooks.ended(ada, webhook, "delivered"));
    assertEquals(
        List.of(500, 500, 200), attempts.stream().map(a -> a.getInteger("status")).toList());
    assertEquals("not yet", attempts.get(0).getString("answer"));
    assertEquals("The receiver answered 500", attempts.get(0).getString("error"));
    assertNull(attempts.get(2).getString("error"));
    assertEquals(3, receiver.received.size());
    Set<String> ids = new HashSet<>();
    for (Received one : receiver.received) {
      assertTrue(isSignedWith(webhook.getString("secret"), one));
      ids.add(one.fields().get("webhook-id"));
    }
    assertEquals(1, ids.size());
    assertNull(get(ada, webhook).getString("failingSince"));
  }

  @Test
  void aSpentScheduleFailsTheDeliveryAndNotTheWebhook() {
    JsonObject webhook = create(ada, receiver, "*");
    receiver.answers = status(503);
    hooks.publish("job.finished", ada);
    JsonObject delivery = hooks.ended(ada, webhook, "failed");
    assertEquals(4, attempts(delivery).size());
    assertEquals("The receiver answered 503", delivery.getString("error"));
    JsonObject after = get(ada, webhook);
    assertTrue(after.getBoolean("active"));
    assertNotNull(after.getString("failingSince"));
    receiver.answers = status(200);
    String replay = path(webhook) + "/deliveries/" + delivery.getString("id") + "/replay";
    HttpResponse<Buffer> begun = ada.post(replay, null);
    assertEquals(202, begun.statusCode());
    assertEquals("pending", begun.bodyAsJsonObject().getString("state"));
    delivery = hooks.ended(ada, webhook, "delivered");
    assertEquals(5, attempts(delivery).size());
    assertEquals(
        receiver.received.get(0).fields().get("webhook-id"),
        receiver.last().fields().get("webhook-id"));
    assertNull(get(ada, webhook).getString("failingSince"));
    assertEquals(202, ada.post(replay, null).statusCode(), "what was delivered, too");
    hooks.untilReceived(receiver, 6);
  }

  /** What the attempt before comes to is not what the new one does. */
  @Test
  void oneThatIsReplayedWhileItIsUnderWayBeginsAnewAllTheSame() {
    JsonObject webhook = create(ada, receiver, "*");
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    receiver.answers =
        (request, socket) -> {
          boolean before = request == receiver.received.get(0);
          held(before ? first : second);
          status(before ? 500 : 200).to(request, socket);
        };
    hooks.publish("job.finished", ada);
    hooks.untilReceived(receiver, 1);
    String id = Hooks.newest(ada, webhook).getString("id");
    assertEquals(202, ada.post(path(webhook) + "/deliveries/" + id + "/replay", null).statusCode());
    hooks.untilReceived(receiver, 2);
    String next = Hooks.newest(ada, webhook).getString("nextAttemptAt");
    first.countDown();
    hooks.gateway.until("it is noted", () -> attempts(Hooks.newest(ada, webhook)).size() == 1);
    assertEquals(next, Hooks.newest(ada, webhook).getString("nextAttemptAt"));
    second.countDown();
    assertEquals(2, attempts(hooks.ended(ada, webhook, "delivered")).size());
    assertEquals(2, receiver.received.size());
  }

  private static void held(CountDownLatch until) {
    try {
      until.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void oneThatIsGoneIsDisabledAndTheOwnersOthersAreTold() {
    JsonObject webhook = create(ada, receiver, "job.*");
    hooks.sql.update(
        "INSERT INTO webhook_deliveries (id, webhook_id, message, type, body, next_at)"
            + " VALUES (gen_random_uuid(), ?, 'msg_later', 'x', '{}', now() + interval '1 day')",
        UUID.fromString(webhook.getString("id")));
    try (ToyReceiver other = new ToyReceiver();
        ToyReceiver stranger = new ToyReceiver()) {
      create(ada, other, "webhook.disabled");
      create(bob, stranger, "*");
      receiver.answers = status(410);
      hooks.publish("job.finished", ada);
      hooks.untilReceived(other, 1);
      JsonObject told = new JsonObject(other.last().body());
      assertEquals("webhook.disabled", told.getString("type"));
      JsonObject data = told.getJsonObject("data");
      assertEquals(webhook.getString("id"), data.getString("webhook"));
      assertEquals("The receiver answered 410 Gone", data.getString("reason"));
      JsonObject after = get(ada, webhook);
      assertFalse(after.getBoolean("active"));
      assertEquals("The receiver answered 410 Gone", after.getString("disabledReason"));
      for (JsonObject delivery : deliveries(ada, webhook)) {
        assertEquals("failed", delivery.getString("state"), delivery::encode);
      }
      assertEquals(1, receiver.received.size());
      assertEquals(0, hooks.publish("job.finished", ada));
      assertEquals(0, stranger.received.size());
      hooks.gateway.until(
          "it is in the log",
          () ->
              hooks
                  .sql
                  .rows(
                      "SELECT action FROM audit_logs WHERE resource_id = ?",
                      webhook.getString("id"))
                  .contains("webhook.disable"));
      String id = deliveries(ada, webhook).get(0).getString("id");
      HttpResponse<Buffer> refused =
          ada.post(path(webhook) + "/deliveries/" + id + "/replay", null);
      assertEquals(409, refused.statusCode());
      assertEquals("WEBHOOK_OFF", error(refused).getString("code"));
      assertEquals(409, ada.post(path(webhook) + "/test", null).statusCode());
      receiver.answers = status(200);
      after = patch(ada, webhook, "{\"active\":true}").bodyAsJsonObject();
      assertTrue(after.getBoolean("active"));
      assertNull(after.getString("disabledReason"));
      assertEquals(1, hooks.publish("job.finished", ada));
      hooks.ended(ada, webhook, "delivered");
    }
  }

  @Test
  void oneThatFailsForDaysIsDisabled() {
    JsonObject webhook = create(ada, receiver, "job.*");
    receiver.answers = status(500);
    hooks.sql.update("UPDATE webhooks SET failing_since = now() - interval '119 hours'");
    hooks.publish("job.finished", ada);
    hooks.ended(ada, webhook, "failed");
    assertTrue(get(ada, webhook).getBoolean("active"));
    hooks.sql.update("UPDATE webhooks SET failing_since = now() - interval '121 hours'");
    hooks.publish("job.finished", ada);
    hooks.gateway.until("it is disabled", () -> !get(ada, webhook).getBoolean("active"));
    assertEquals(
        "Nothing has been delivered for too long", get(ada, webhook).getString("disabledReason"));
  }

  @Test
  void aTestComesAtOnceWhateverItHears() {
    JsonObject webhook = create(ada, receiver, "job.*");
    HttpResponse<Buffer> sent = ada.post(path(webhook) + "/test", null);
    assertEquals(202, sent.statusCode());
    assertEquals("webhook.test", sent.bodyAsJsonObject().getString("type"));
    hooks.untilReceived(receiver, 1);
    assertTrue(isSignedWith(webhook.getString("secret"), receiver.last()));
    assertEquals("webhook.test", new JsonObject(receiver.last().body()).getString("type"));
  }

  @Test
  void whatWaitsForOneThatIsSwitchedOffIsGivenUp() {
    JsonObject webhook = create(ada, receiver, "*");
    hooks.sql.update(
        "INSERT INTO webhook_deliveries (id, webhook_id, message, type, body, next_at)"
            + " VALUES (gen_random_uuid(), ?, 'msg_later', 'x', '{}', now() + interval '1 day')",
        UUID.fromString(webhook.getString("id")));
    patch(ada, webhook, "{\"active\":false}");
    JsonObject delivery = Hooks.newest(ada, webhook);
    assertEquals("failed", delivery.getString("state"));
    assertEquals("The webhook was switched off", delivery.getString("error"));
    assertEquals(0, receiver.received.size());
  }

  @Test
  void whatCameAsItWasSwitchedOffAndWhatIsOldIsSwept() {
    JsonObject webhook = create(ada, receiver, "*");
    hooks.publish("job.finished", ada);
    hooks.ended(ada, webhook, "delivered");
    patch(ada, webhook, "{\"active\":false}");
    hooks.sql.update("UPDATE webhook_deliveries SET ended_at = now() - interval '29 days'");
    hooks.sql.update(
        "INSERT INTO webhook_deliveries (id, webhook_id, message, type, body, next_at)"
            + " VALUES (gen_random_uuid(), ?, 'msg_late', 'late', '{}', now())",
        UUID.fromString(webhook.getString("id")));
    await(hooks.gateway.gateway().webhooks().sweep());
    assertEquals(2, deliveries(ada, webhook).size());
    assertEquals("failed", Hooks.newest(ada, webhook).getString("state"));
    hooks.sql.update(
        "UPDATE webhook_deliveries SET ended_at = now() - interval '31 days' WHERE type <> 'late'");
    await(hooks.gateway.gateway().webhooks().sweep());
    assertEquals(List.of("late"), hooks.sql.rows("SELECT type FROM webhook_deliveries"));
  }

  @Test
  void aRedirectToAPrivateAddressIsAFailure() {
    JsonObject webhook = create(ada, receiver, "*");
    receiver.answers = status(307, "Location: http://169.254.169.254/latest/meta-data/\r\n");
    hooks.publish("job.finished", ada);
    assertEquals(
        "The receiver redirects (307), which is not followed",
        hooks.ended(ada, webhook, "failed").getString("error"));
  }

  /** As where its name leads elsewhere since, or the operator allows less. */
  @Test
  void whereItLeadsIsCheckedAtEachAttempt() {
    JsonObject webhook = create(ada, receiver, "*");
    hooks.sql.update("UPDATE webhooks SET url = 'http://10.255.255.1:8080/'");
    hooks.publish("job.finished", ada);
    JsonObject delivery = hooks.ended(ada, webhook, "failed");
    assertEquals(
        "The URL leads to a private address, which is not allowed", delivery.getString("error"));
    assertEquals(4, attempts(delivery).size());
    assertNull(attempts(delivery).get(0).getInteger("status"));
  }

  @Test
  void aSecretThatCannotBeOpenedStopsNobodyElse() {
    JsonObject broken = create(ada, receiver, "*");
    hooks.sql.update("UPDATE webhooks SET sealed = '\\x00'");
    JsonObject well = create(ada, receiver, "*");
    hooks.publish("job.finished", ada);
    hooks.ended(ada, well, "delivered");
    assertEquals(
        "The webhook's secret cannot be read; rotate it",
        hooks.ended(ada, broken, "failed").getString("error"));
    ada.post(path(broken) + "/rotate-secret", new JsonObject().put("overlapSeconds", 0));
    hooks.publish("job.finished", ada);
    hooks.ended(ada, broken, "delivered");
  }

  /** Who made it may be less now than then. */
  @Test
  void oneWhoseOwnerMayItNoMoreIsDisabled() {
    Person cleo = hooks.someone("cleo");
    roles(cleo, "admin");
    JsonObject all =
        cleo.post("/webhooks", wish(receiver.url(), "*").put("everybody", true)).bodyAsJsonObject();
    hooks.publish("job.first", bob);
    hooks.untilReceived(receiver, 1);
    roles(cleo);
    hooks.publish("job.second", bob);
    hooks.gateway.until("it is disabled", () -> !get(admin, all).getBoolean("active"));
    assertEquals(
        "Its owner is no administrator any more", get(admin, all).getString("disabledReason"));
    JsonObject own = create(cleo, receiver, "*");
    hooks.publish("job.third", cleo);
    hooks.untilReceived(receiver, 2);
    JsonObject out = new JsonObject().put("isActive", false);
    String active = "/admin/users/" + Hooks.id(cleo) + "/active";
    assertEquals(200, admin.send(HttpMethod.PUT, active, out).statusCode());
    hooks.publish("job.fourth", cleo);
    hooks.gateway.until("it is disabled", () -> !get(admin, own).getBoolean("active"));
    assertEquals("Its owner may not sign in any more", get(admin, own).getString("disabledReason"));
    assertEquals(
        List.of("job.first", "job.third"),
        receiver.received.stream().map(r -> new JsonObject(r.body()).getString("type")).toList());
  }

  private static void roles(Person person, String... roles) {
    JsonObject wish = new JsonObject().put("roles", new JsonArray(List.of(roles)));
    String path = "/admin/users/" + Hooks.id(person) + "/roles";
    assertEquals(200, admin.send(HttpMethod.PUT, path, wish).statusCode());
  }

  /** So many that are held up, at a host that has only so many attempts at once. */
  @Test
  void aSlowReceiverHoldsUpNobodyElse() {
    JsonObject slow = create(ada, receiver, "slow.*");
    receiver.answers = receiver.hang("");
    for (int i = 0; i < 100; i++) hooks.publish("slow.event", ada, Map.of("i", i));
    hooks.untilReceived(receiver, 4);
    try (ToyReceiver quick = new ToyReceiver("127.0.0.2")) {
      JsonObject webhook = create(bob, quick, "*");
      for (int i = 0; i < 50; i++) hooks.publish("job.finished", bob);
      hooks.untilReceived(quick, 50);
      assertEquals(4, receiver.received.size(), "so many at once, and none is done yet");
      hooks.ended(bob, webhook, "delivered");
    }
    receiver.close();
    receiver = new ToyReceiver();
    assertEquals(202, ada.post(path(slow) + "/test", null).statusCode());
  }

  /** Nor does one who has slow receivers at many hosts. */
  @Test
  void aUserWithSlowReceiversHoldsUpNobodyElse() {
    List<ToyReceiver> slow = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ToyReceiver one = new ToyReceiver("127.0.1." + (i + 1));
      one.answers = one.hang("");
      create(ada, one, "slow.*");
      slow.add(one);
    }
    for (int i = 0; i < 8; i++) assertEquals(10, hooks.publish("slow.event", ada));
    hooks.gateway.until("as many as may", () -> requests(slow) == 16);
    JsonObject webhook = create(bob, receiver, "*");
    for (int i = 0; i < 50; i++) hooks.publish("job.finished", bob);
    hooks.untilReceived(receiver, 50);
    assertEquals(16, requests(slow), "a quarter, and none is done yet");
    hooks.ended(bob, webhook, "delivered");
    slow.forEach(ToyReceiver::close);
  }

  private static int requests(List<ToyReceiver> receivers) {
    return receivers.stream().mapToInt(one -> one.received.size()).sum();
  }

  @Test
  void anAnswerWithoutEndIsNoTrouble() {
    JsonObject webhook = create(ada, receiver, "*");
    receiver.answers = endless("HTTP/1.1 200 OK\r\n\r\n", "x".repeat(8192));
    for (int i = 0; i < 8; i++) hooks.publish("job.finished", ada);
    hooks.gateway.until(
        "all are delivered",
        () ->
            deliveries(ada, webhook).stream()
                .allMatch(d -> d.getString("state").equals("delivered")));
  }

  @Test
  void deliveriesAreFoundByPageAndState() {
    JsonObject webhook = create(ada, receiver, "*");
    for (int i = 0; i < 5; i++) hooks.publish("job.finished", ada);
    hooks.gateway.until("all are delivered", () -> page(webhook, "?state=delivered").size() == 5);
    assertEquals(0, page(webhook, "?state=failed").size());
    assertEquals(0, page(webhook, "?state=pending").size());
    Set<String> seen = new HashSet<>();
    String cursor = "";
    int pages = 0;
    while (cursor != null) {
      JsonObject page = ada.get(path(webhook) + "/deliveries?limit=2" + cursor).bodyAsJsonObject();
      page.getJsonArray("deliveries").forEach(d -> seen.add(((JsonObject) d).getString("id")));
      String next = page.getString("nextCursor");
      cursor = next == null ? null : "&cursor=" + next;
      pages++;
    }
    assertEquals(5, seen.size());
    assertEquals(3, pages);
    assertEquals(400, ada.get(path(webhook) + "/deliveries?state=lost").statusCode());
  }

  private static JsonArray page(JsonObject webhook, String query) {
    return ada.get(path(webhook) + "/deliveries" + query)
        .bodyAsJsonObject()
        .getJsonArray("deliveries");
  }

  /** What did not happen is not told, and what did is. */
  @Test
  void anEventIsOfItsPublishersTransaction() {
    create(ada, receiver, "*");
    Webhooks webhooks = hooks.gateway.gateway().webhooks();
    PgConnection connection =
        await(
            PgConnection.connect(
                hooks.gateway.vertx(), PgConnectOptions.fromUri(Sql.uri(hooks.gateway))));
    Transaction undone = await(connection.begin());
    assertEquals(1, await(webhooks.publish(connection, event("job.undone", ada, Map.of()))));
    await(undone.rollback());
    Transaction done = await(connection.begin());
    assertEquals(1, await(webhooks.publish(connection, event("job.done", ada, Map.of()))));
    assertEquals(List.of("0"), hooks.sql.rows("SELECT count(*) FROM webhook_deliveries"));
    await(done.commit());
    hooks.untilReceived(receiver, 1);
    assertEquals("job.done", new JsonObject(receiver.last().body()).getString("type"));
    assertEquals(List.of("1"), hooks.sql.rows("SELECT count(*) FROM webhook_deliveries"));
    await(connection.close());
  }

  @Test
  void whatANodeTookAndLostIsDeliveredAllTheSame() {
    JsonObject webhook = create(ada, receiver, "*");
    hooks.sql.update(
        "INSERT INTO webhook_deliveries (id, webhook_id, message, type, body, tries, next_at)"
            + " VALUES (gen_random_uuid(), ?, 'msg_lost', 'x', '{}', 2, now())",
        UUID.fromString(webhook.getString("id")));
    hooks.publish("job.finished", ada);
    hooks.untilReceived(receiver, 2);
    assertTrue(
        receiver.received.stream()
            .anyMatch(one -> one.fields().get("webhook-id").equals("msg_lost")));
  }

  @Test
  void twoNodesDeliverEachEventOnce() {
    int each = 150;
    JsonObject webhook = create(ada, receiver, "*");
    try (Hooks twin = hooks.twin()) {
      for (int i = 0; i < each; i++) {
        hooks.publish("job.finished", ada, Map.of("i", i));
        twin.publish("job.finished", ada, Map.of("i", i));
      }
      hooks.gateway.until(
          "all are delivered",
          () ->
              hooks
                  .sql
                  .rows("SELECT count(*) FROM webhook_deliveries WHERE state = 'delivered'")
                  .equals(List.of("" + 2 * each)));
    }
    assertEquals(2 * each, receiver.received.size());
    Set<String> ids = new HashSet<>();
    receiver.received.forEach(one -> ids.add(one.fields().get("webhook-id")));
    assertEquals(2 * each, ids.size());
    assertEquals(1, attempts(Hooks.newest(ada, webhook)).size());
  }

  @Test
  void anOperatorSeesHowItGoes() {
    JsonObject webhook = create(ada, receiver, "*");
    hooks.publish("job.finished", ada);
    hooks.ended(ada, webhook, "delivered");
    hooks.gateway.until(
        "it is counted",
        () -> {
          String metrics = hooks.gateway.get("/metrics").bodyAsString();
          return metrics.contains("webhook_deliveries_total{outcome=\"delivered\"}")
              && metrics.contains("webhook_attempt_duration_seconds_count{outcome=\"delivered\"}")
              && metrics.contains("webhook_attempts_active");
        });
  }
}
