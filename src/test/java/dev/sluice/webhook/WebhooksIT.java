package dev.sluice.webhook;

import static dev.sluice.harness.RunningGateway.error;
import static dev.sluice.webhook.Hooks.create;
import static dev.sluice.webhook.Hooks.get;
import static dev.sluice.webhook.Hooks.id;
import static dev.sluice.webhook.Hooks.isSignedWith;
import static dev.sluice.webhook.Hooks.patch;
import static dev.sluice.webhook.Hooks.path;
import static dev.sluice.webhook.Hooks.wish;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Tables;
import dev.sluice.harness.ToyReceiver;
import dev.sluice.harness.ToyReceiver.Received;
import dev.sluice.identity.Person;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Webhooks as their owners, and others, see and change them. */
class WebhooksIT {
  private static Hooks hooks;
  private static Person admin;
  private static Person ada;
  private ToyReceiver receiver;

  @BeforeAll
  static void startAll() {
    hooks = new Hooks();
    admin = hooks.someone("root");
    ada = hooks.someone("ada");
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
  void whatIsMadeIsShownAndItsSecretOnce() {
    HttpResponse<Buffer> made =
        ada.post("/webhooks", wish(receiver.url(), "job.*").put("description", "Mine"));
    assertEquals(201, made.statusCode(), made.bodyAsString());
    JsonObject webhook = made.bodyAsJsonObject();
    assertEquals(path(webhook), made.getHeader("location"));
    assertEquals("no-store", made.getHeader("cache-control"));
    String secret = webhook.getString("secret");
    assertTrue(secret.matches("whsec_[A-Za-z0-9+/]{43}="), secret);
    webhook.remove("secret");
    assertEquals(webhook, get(ada, webhook));
    assertEquals(id(ada), webhook.getString("owner"));
    assertEquals(receiver.url(), webhook.getString("url"));
    assertEquals("Mine", webhook.getString("description"));
    assertTrue(webhook.getBoolean("active"));
    JsonObject page = ada.get("/webhooks").bodyAsJsonObject();
    assertEquals(new JsonArray().add(webhook), page.getJsonArray("webhooks"));
    try (Tables tables = new Tables(hooks.gateway)) {
      String bare = secret.substring("whsec_".length());
      for (String row : tables.dump("traffic")) assertFalse(row.contains(bare));
    }
    hooks.gateway.until(
        "it is in the audit log, which is written aside",
        () ->
            hooks
                .sql
                .rows(
                    "SELECT action FROM audit_logs WHERE resource_id = ?", webhook.getString("id"))
                .equals(List.of("webhook.create")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'url':'https://example.com/'}",
        "{'events':['*']}",
        "{'url':'https://example.com/','events':[]}",
        "{'url':'https://example.com/','events':['*','*']}",
        "{'url':'https://example.com/','events':'*'}",
        "{'url':'https://example.com/','events':['job.']}",
        "{'url':'https://example.com/','events':['Job.x']}",
        "{'url':'https://example.com/','events':['**']}",
        "{'url':'https://example.com/','events':['a.b.c.d.e.f.g']}",
        "{'url':'https://example.com/','events':[7]}",
        "{'url':'https://example.com/','events':[null]}",
        "{'url':7,'events':['*']}",
        "{'url':null,'events':['*']}",
        "{'url':'','events':['*']}",
        "{'url':'example.com','events':['*']}",
        "{'url':'ftp://127.0.0.1/','events':['*']}",
        "{'url':'http://10.0.0.1/','events':['*']}",
        "{'url':'http://169.254.169.254/latest','events':['*']}",
        "{'url':'http://[::1]/','events':['*']}",
        "{'url':'http://[::ffff:127.0.0.1]/','events':['*']}",
        "{'url':'http://0x7f.1/','events':['*']}",
        "{'url':'http://2130706433/','events':['*']}",
        "{'url':'http://user@127.0.0.1/','events':['*']}",
        "{'url':'http://127.0.0.1:22/','events':['*']}",
        "{'url':'http://nowhere.invalid/','events':['*']}",
        "{'url':'http://127.0.0.1/','events':['*'],'everybody':'yes'}",
        "{'url':'http://127.0.0.1/','events':['*'],'secret':'whsec_x'}",
        "{'url':'http://127.0.0.1/','events':['*'],'owner':'somebody'}",
        "[]",
        "7",
        "{",
      })
  void whatCannotBeIsRefused(String body) {
    HttpResponse<Buffer> refused =
        hooks.gateway.send(
            HttpMethod.POST,
            "/webhooks",
            Buffer.buffer(body.replace('\'', '"')),
            "Authorization",
            "Bearer " + ada.accessToken,
            "Content-Type",
            "application/json");
    assertEquals(400, refused.statusCode(), refused.bodyAsString());
    assertTrue(error(refused).getString("suggestion").length() > 10);
    assertEquals(0, ada.get("/webhooks").bodyAsJsonObject().getJsonArray("webhooks").size());
  }

  @Test
  void whatIsTooLongIsRefused() {
    JsonArray many = new JsonArray();
    for (int i = 0; i < 51; i++) many.add("job.e" + i);
    for (JsonObject bad :
        List.of(
            wish("http://127.0.0.1/" + "x".repeat(2000), "*"),
            wish("http://127.0.0.1/", "x".repeat(101)),
            wish("http://127.0.0.1/", "*").put("description", "x".repeat(201)),
            wish("http://127.0.0.1/", "*").put("events", many))) {
      assertEquals(400, ada.post("/webhooks", bad).statusCode(), bad.encode());
    }
  }

  @Test
  void theReasonNamesTheFieldAndTheKindOfAddress() {
    HttpResponse<Buffer> refused = ada.post("/webhooks", wish("http://192.168.1.1/", "*"));
    assertEquals(
        "url: leads to a private address, which is not allowed",
        error(refused).getString("message"));
    refused = ada.post("/webhooks", wish("http://127.0.0.1/", "*", "job."));
    assertTrue(error(refused).getString("message").startsWith("events.1: \"job.\" is not words"));
  }

  @Test
  void nobodyHasAny() {
    for (String uri : List.of("/webhooks", "/webhooks/" + java.util.UUID.randomUUID())) {
      assertEquals(401, hooks.gateway.get(uri).statusCode());
    }
    assertEquals(
        401,
        hooks
            .gateway
            .send(HttpMethod.POST, "/webhooks", wish(receiver.url(), "*").toBuffer())
            .statusCode());
  }

  @Test
  void oneIsItsOwnersAndAdministratorsAlone() {
    JsonObject webhook = create(ada, receiver, "*");
    hooks.publish("job.finished", ada);
    String delivery = hooks.ended(ada, webhook, "delivered").getString("id");
    Person eve = hooks.someone("eve");
    String path = path(webhook);
    for (HttpResponse<Buffer> refused :
        List.of(
            eve.get(path),
            patch(eve, webhook, "{\"active\":false}"),
            eve.send(HttpMethod.DELETE, path, null),
            eve.post(path + "/rotate-secret", null),
            eve.post(path + "/test", null),
            eve.get(path + "/deliveries"),
            eve.post(path + "/deliveries/" + delivery + "/replay", null))) {
      assertEquals(404, refused.statusCode(), refused.bodyAsString());
      assertEquals("WEBHOOK_NOT_FOUND", error(refused).getString("code"));
    }
    assertEquals(0, eve.get("/webhooks").bodyAsJsonObject().getJsonArray("webhooks").size());
    assertEquals(403, eve.get("/webhooks?all=true").statusCode());
    assertEquals(
        403, eve.post("/webhooks", wish(receiver.url(), "*").put("everybody", true)).statusCode());
    assertEquals(200, admin.get(path).statusCode());
    assertEquals(200, admin.get(path + "/deliveries").statusCode());
    assertEquals(0, admin.get("/webhooks").bodyAsJsonObject().getJsonArray("webhooks").size());
    JsonArray all = admin.get("/webhooks?all=true").bodyAsJsonObject().getJsonArray("webhooks");
    assertEquals(1, all.size());
    assertEquals(204, admin.send(HttpMethod.DELETE, path, null).statusCode());
    assertEquals(404, ada.get(path).statusCode());
  }

  @Test
  void anotherWebhooksDeliveryIsNotThisOnes() {
    JsonObject one = create(ada, receiver, "*");
    hooks.publish("job.finished", ada);
    String delivery = hooks.ended(ada, one, "delivered").getString("id");
    JsonObject other = create(ada, receiver, "*");
    HttpResponse<Buffer> refused =
        ada.post(path(other) + "/deliveries/" + delivery + "/replay", null);
    assertEquals(404, refused.statusCode());
    assertEquals("DELIVERY_NOT_FOUND", error(refused).getString("code"));
    assertEquals(
        400,
        ada.post(path(other) + "/deliveries/" + "-".repeat(36) + "/replay", null).statusCode());
  }

  @Test
  void whatIsLeftOutOfAChangeStays() {
    JsonObject webhook = create(ada, receiver, "job.*");
    JsonObject changed =
        patch(ada, webhook, "{\"description\":\"Other\",\"events\":[\"a.b\",\"*.c\"]}")
            .bodyAsJsonObject();
    assertEquals("Other", changed.getString("description"));
    assertEquals(new JsonArray().add("a.b").add("*.c"), changed.getJsonArray("events"));
    assertEquals(receiver.url(), changed.getString("url"));
    changed = patch(ada, webhook, "{\"active\":false}").bodyAsJsonObject();
    assertFalse(changed.getBoolean("active"));
    assertEquals("Other", changed.getString("description"));
    assertNull(changed.getString("disabledReason"));
    for (String bad :
        List.of(
            "{}",
            "{\"everybody\":true}",
            "{\"url\":\"http://10.0.0.1/\"}",
            "{\"events\":[]}",
            "{\"active\":\"no\"}",
            "{\"secret\":\"whsec_x\"}")) {
      assertEquals(400, patch(ada, webhook, bad).statusCode(), bad);
    }
    assertEquals(receiver.url(), get(ada, webhook).getString("url"));
  }

  @Test
  void pagesLeaveNothingOutAndShowNothingTwice() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 5; i++) made.add(0, create(ada, receiver, "*").getString("id"));
    List<String> seen = new ArrayList<>();
    String cursor = "";
    while (cursor != null) {
      JsonObject page = ada.get("/webhooks?limit=2" + cursor).bodyAsJsonObject();
      page.getJsonArray("webhooks").forEach(w -> seen.add(((JsonObject) w).getString("id")));
      String next = page.getString("nextCursor");
      cursor = next == null ? null : "&cursor=" + next;
    }
    assertEquals(made, seen);
    assertEquals(400, ada.get("/webhooks?cursor=x").statusCode());
    assertEquals(400, ada.get("/webhooks?limit=0").statusCode());
    assertEquals(400, ada.get("/webhooks?limit=201").statusCode());
  }

  @Test
  void oneUserHasOnlySoManyHoweverManyAreAskedForAtOnce() {
    List<Future<HttpResponse<Buffer>>> asked = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      asked.add(
          hooks.gateway.sendAsync(
              HttpMethod.POST,
              "/webhooks",
              wish(receiver.url(), "*").toBuffer(),
              "Authorization",
              "Bearer " + ada.accessToken,
              "Content-Type",
              "application/json"));
    }
    List<Integer> statuses =
        asked.stream().map(one -> RunningGateway.await(one).statusCode()).toList();
    assertEquals(20, statuses.stream().filter(status -> status == 201).count(), statuses::toString);
    assertEquals(20, statuses.stream().filter(status -> status == 409).count(), statuses::toString);
    HttpResponse<Buffer> refused = ada.post("/webhooks", wish(receiver.url(), "*"));
    assertEquals("TOO_MANY_WEBHOOKS", error(refused).getString("code"));
    assertEquals(201, admin.post("/webhooks", wish(receiver.url(), "*")).statusCode());
  }

  @Test
  void aSecretThatIsReplacedStaysGoodForAWhile() {
    JsonObject webhook = create(ada, receiver, "*");
    String first = webhook.getString("secret");
    String second = rotate(webhook, "{}");
    assertNotEquals(first, second);
    Received both = receivedNext();
    assertEquals(2, both.fields().get("webhook-signature").split(" ").length);
    assertTrue(isSignedWith(first, both));
    assertTrue(isSignedWith(second, both));
    String third = rotate(webhook, "{}");
    Received next = receivedNext();
    assertFalse(isSignedWith(first, next), "of three, two are good");
    assertTrue(isSignedWith(second, next));
    assertTrue(isSignedWith(third, next));
    hooks.sql.update("UPDATE webhooks SET old_until = now() - interval '1 ms'");
    Received later = receivedNext();
    assertFalse(isSignedWith(second, later));
    assertTrue(isSignedWith(third, later));
    String fourth = rotate(webhook, "{\"overlapSeconds\":0}");
    Received last = receivedNext();
    assertFalse(isSignedWith(third, last));
    assertTrue(isSignedWith(fourth, last));
    assertEquals(1, last.fields().get("webhook-signature").split(" ").length);
    for (String bad : List.of("{\"overlapSeconds\":-1}", "{\"overlapSeconds\":604801}", "[]")) {
      assertEquals(400, rotated(webhook, bad).statusCode(), bad);
    }
  }

  private Received receivedNext() {
    int before = receiver.received.size();
    hooks.publish("job.finished", ada);
    hooks.untilReceived(receiver, before + 1);
    return receiver.last();
  }

  private static String rotate(JsonObject webhook, String body) {
    return rotated(webhook, body).bodyAsJsonObject().getString("secret");
  }

  private static HttpResponse<Buffer> rotated(JsonObject webhook, String body) {
    return hooks.gateway.send(
        HttpMethod.POST,
        path(webhook) + "/rotate-secret",
        Buffer.buffer(body),
        "Authorization",
        "Bearer " + ada.accessToken,
        "Content-Type",
        "application/json");
  }

  @Test
  void whoIsForgottenLeavesNoWebhookBehind() {
    Person gone = hooks.someone("gone");
    JsonObject webhook = create(gone, receiver, "*");
    create(gone, receiver, "job.*");
    hooks.publish("job.finished", gone);
    hooks.ended(gone, webhook, "delivered");
    JsonObject deleted =
        gone.send(HttpMethod.DELETE, "/users/me", null)
            .bodyAsJsonObject()
            .getJsonObject("deleted")
            .getJsonObject("traffic");
    assertEquals(2, deleted.getInteger("webhooks"));
    assertEquals(2, deleted.getInteger("webhook_deliveries"));
    try (Tables tables = new Tables(hooks.gateway)) {
      for (String row : tables.dump("traffic")) assertFalse(row.contains(id(gone)), row);
    }
    assertEquals(
        List.of("0"),
        hooks.sql.rows(
            "SELECT count(*) FROM webhook_attempts a WHERE"
                + " NOT EXISTS (SELECT FROM webhook_deliveries d WHERE d.id = a.delivery_id)"));
    assertEquals(0, hooks.publish("job.finished", gone));
  }
}
