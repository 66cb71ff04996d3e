package dev.sluice.push;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.bus.Event;
import dev.sluice.call.Ids;
import dev.sluice.harness.Ledger;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.harness.Talker;
import dev.sluice.identity.Person;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From an event to what a browser reads, over a push service that checks all of it. */
class PushIT {
  private static final String YAML =
      """
      push:
        events:
          - { pattern: mail.unread, urgency: low, ttl: 1h, replaceable: true }
          - { pattern: short.*, ttl: 1s }
      """;

  private static RunningGateway gateway;
  private static Sql sql;
  private static Person ada;
  private static Person bob;

  @BeforeAll
  static void startAll() {
    gateway =
        new RunningGateway(
            Map.of(
                "SLUICE_APPS", "identity,traffic,realtime,push,notebook,ledger",
                "SLUICE_PUSH_HTTP", "true",
                "SLUICE_PUSH_ALLOW", "127.0.0.1",
                "SLUICE_PUSH_SUBJECT", "mailto:ops@example.com",
                "SLUICE_PUSH_DELAY", "50ms",
                "SLUICE_PUSH_PERUSER", "3",
                "SLUICE_STORE_REDISTIMEOUT", "2s", // or nobody knows who is live
                "SLUICE_IDENTITY_ADMINS", "admin@example.com"),
            YAML,
            List.of(new Ledger()));
    sql = Sql.of(gateway);
    sql.update("SET search_path = push");
    ada = Person.signedIn(gateway, "ada@example.com");
    bob = Person.signedIn(gateway, "bob@example.com");
  }

  @AfterAll
  static void stopAll() {
    sql.close();
    gateway.close();
  }

  @BeforeEach
  @AfterEach
  void clear() {
    gateway.endFaults();
    sql.update("DELETE FROM subscriptions");
  }

  private static String key() {
    return gateway.get("/api/push/key").bodyAsJsonObject().getString("publicKey");
  }

  /** As a browser does with the gateway's key. */
  private static JsonObject browser() {
    return gateway.control(
        HttpMethod.POST,
        "/push/subscriptions",
        new JsonObject().put("applicationServerKey", key()));
  }

  private static JsonObject subscribe(Person person, JsonObject browser) {
    HttpResponse<Buffer> answer = person.post("/api/push/subscribe", browser);
    assertEquals(201, answer.statusCode(), answer.bodyAsString());
    return answer.bodyAsJsonObject();
  }

  private static JsonObject subscribed(Person person, String... events) {
    JsonObject browser = browser();
    JsonObject wish = browser.copy();
    if (events.length > 0) wish.put("events", new JsonArray(List.of(events)));
    subscribe(person, wish);
    return browser;
  }

  private static int publish(Person owner, String type) {
    return publish(owner, type, Map.of("n", 1));
  }

  private static int publish(Person owner, String type, Map<String, Object> data) {
    String user = owner.user.getString("id");
    Event event = new Event(Ids.next(), type, user, data, Instant.now());
    return await(gateway.gateway().pushes().publish(event));
  }

  private static List<JsonObject> messages(JsonObject browser) {
    String id = browser.getString("endpoint");
    JsonObject all =
        gateway.control(
            HttpMethod.GET, "/push/messages?subscription=" + id.replaceAll(".*/", ""), null);
    return all.getJsonArray("messages").stream().map(JsonObject.class::cast).toList();
  }

  private static JsonObject first(JsonObject browser) {
    gateway.until("a message comes", () -> !messages(browser).isEmpty());
    return messages(browser).get(0);
  }

  private static void fault(int status, Integer times) {
    JsonObject fault =
        new JsonObject().put("provider", "push").put("operation", "push").put("status", status);
    if (times != null) fault.put("times", times);
    gateway.control(HttpMethod.POST, "/control/faults", fault);
  }

  /** As after a 429 that asks for an hour, in which nothing is sent however slow a test is. */
  private static void quiet() {
    sql.update("UPDATE subscriptions SET quiet_until = now() + interval '1 hour'");
  }

  private static void quietIsOver() {
    sql.update("UPDATE subscriptions SET quiet_until = NULL");
    sql.update("UPDATE messages SET next_at = now() WHERE ended_at IS NULL");
    sql.rows("SELECT pg_notify('push', '')");
  }

  private static double counted(String outcome) {
    String line = "push_sent_total{outcome=\"" + outcome + "\"}";
    boolean there = gateway.get("/metrics").bodyAsString().contains(line);
    return there ? gateway.metric(line) : 0;
  }

  private static List<String> kept() {
    return sql.rows("SELECT owner FROM subscriptions");
  }

  @Test
  void anEventIsReadByItsOwnersBrowserAlone() {
    JsonObject hers = subscribed(ada);
    JsonObject his = subscribed(bob);
    assertEquals(1, publish(ada, "mail.received", Map.of("from", "Grace")));
    JsonObject got = first(hers);
    JsonObject payload = got.getJsonObject("payload");
    assertEquals("mail.received", payload.getString("type"));
    assertEquals("Grace", payload.getJsonObject("data").getString("from"));
    assertEquals(Set.of("id", "type", "data", "at"), payload.fieldNames());
    assertEquals("normal", got.getString("urgency"));
    assertNull(got.getString("topic"));
    assertTrue(got.getInteger("ttl") > 86_000 && got.getInteger("ttl") <= 86_400, got::encode);
    assertEquals(List.of(), messages(his));
  }

  @Test
  void theEndOfAJobIsPushed() {
    JsonObject browser = subscribed(ada, "job.*");
    HttpResponse<Buffer> later =
        ada.post("/ledger/later", new JsonObject().put("note", "a"), "Prefer", "respond-async");
    String job = later.bodyAsJsonObject().getString("id");
    JsonObject payload = first(browser).getJsonObject("payload");
    assertEquals("job.succeeded", payload.getString("type"));
    assertEquals(job, payload.getJsonObject("data").getString("id"));
  }

  /** Who is there hears of it on the user's own channel, and nowhere else. */
  @Test
  void whoIsThereIsNotPushedTo() {
    subscribed(ada, "job.*");
    String id = ada.user.getString("id");
    JsonObject own = new JsonObject().put("userId", id);
    double live = counted("live");
    try (Talker socket = Talker.open(gateway.port(), "/api/ws", ada.accessToken)) {
      socket.say("SUBSCRIBE", own).hear("SUBSCRIBED");
      gateway.until("it is known that she hears", () -> hears(id));
      ada.post("/ledger/later", new JsonObject().put("note", "a"), "Prefer", "respond-async");
      assertEquals("job.succeeded", socket.hear().getString("type"));
      gateway.until("it is left", () -> counted("live") == live + 1);
    }
    gateway.until("nobody hears", () -> !hears(id));
  }

  private static boolean hears(String user) {
    return await(gateway.gateway().channels().hears(user));
  }

  @Test
  void onlyWhatItHearsOfIsSent() {
    JsonObject browser = subscribed(ada, "mail.*", "*.failed");
    assertEquals(0, publish(ada, "job.succeeded"));
    assertEquals(1, publish(ada, "job.failed"));
    assertEquals("job.failed", first(browser).getJsonObject("payload").getString("type"));
  }

  @Test
  void anEventThatIsToldTwiceIsSentOnce() {
    JsonObject browser = subscribed(ada);
    String user = ada.user.getString("id");
    Event event = new Event(Ids.next(), "a.b", user, Map.of(), Instant.now());
    assertEquals(1, await(gateway.gateway().pushes().publish(event)));
    first(browser);
    assertEquals(0, await(gateway.gateway().pushes().publish(event)));
  }

  @Test
  void whatIsTooLongComesWithoutItsData() {
    JsonObject browser = subscribed(ada);
    publish(ada, "mail.received", Map.of("text", "ü".repeat(2000)));
    JsonObject payload = first(browser).getJsonObject("payload");
    assertEquals(true, payload.getBoolean("truncated"));
    assertFalse(payload.containsKey("data"));
  }

  @Test
  void aNewerOneTakesThePlaceOfWhatIsReplaceable() {
    JsonObject browser = subscribed(ada);
    publish(ada, "mail.unread", Map.of("n", 1));
    JsonObject one = first(browser);
    assertEquals("low", one.getString("urgency"));
    assertTrue(one.getInteger("ttl") <= 3600);
    publish(ada, "mail.unread", Map.of("n", 2));
    gateway.until(
        "the newer is there",
        () -> first(browser).getJsonObject("payload").getJsonObject("data").getInteger("n") == 2);
    assertEquals(1, messages(browser).size());
    assertEquals(32, one.getString("topic").length());
  }

  @Test
  void oneThatStillWaitsIsReplacedHere() {
    JsonObject browser = subscribed(ada);
    double before = counted("replaced");
    quiet();
    publish(ada, "mail.unread", Map.of("n", 1));
    publish(ada, "mail.unread", Map.of("n", 2));
    assertEquals(1, sql.rows("SELECT 1 FROM messages WHERE ended_at IS NULL").size());
    assertEquals(1, counted("replaced") - before);
    quietIsOver();
    JsonObject data = first(browser).getJsonObject("payload").getJsonObject("data");
    assertEquals(2, data.getInteger("n"));
  }

  @Test
  void oneThatIsToldAgainDoesNotReplaceANewerOne() {
    JsonObject browser = subscribed(ada);
    String user = ada.user.getString("id");
    Event older = new Event(Ids.next(), "mail.unread", user, Map.of("n", 1), Instant.now());
    quiet();
    await(gateway.gateway().pushes().publish(older));
    publish(ada, "mail.unread", Map.of("n", 2));
    assertEquals(0, await(gateway.gateway().pushes().publish(older)));
    quietIsOver();
    JsonObject data = first(browser).getJsonObject("payload").getJsonObject("data");
    assertEquals(2, data.getInteger("n"));
  }

  @ParameterizedTest
  @CsvSource({"404", "410"})
  void whatIsGoneIsRemoved(int status) {
    subscribed(ada);
    double before = counted("gone");
    fault(status, 1);
    publish(ada, "a.b");
    gateway.until("it is removed", () -> kept().isEmpty());
    gateway.until("it is counted", () -> counted("gone") == before + 1);
  }

  @Test
  void oneThatTheBrowserHasGivenUpIsRemoved() {
    JsonObject browser = subscribed(ada);
    String id = browser.getString("endpoint").replaceAll(".*/", "");
    gateway.control(HttpMethod.DELETE, "/push/subscriptions?subscription=" + id, null);
    double before = counted("gone");
    publish(ada, "a.b");
    gateway.until("it is removed", () -> kept().isEmpty());
    gateway.until("it is counted", () -> counted("gone") == before + 1);
  }

  @Test
  void a429WaitsAsLongAsItSaysAndTheOthersWithIt() {
    JsonObject browser = subscribed(ada);
    double before = counted("again");
    fault(429, 1);
    long began = System.nanoTime();
    publish(ada, "a.b");
    gateway.until("it waits", () -> counted("again") == before + 1);
    publish(ada, "a.c");
    String early =
        "SELECT 1 FROM messages m JOIN subscriptions s ON s.id = m.subscription_id"
            + " WHERE m.ended_at IS NULL AND m.next_at < s.quiet_until";
    assertEquals(List.of(), sql.rows(early));
    first(browser);
    assertTrue(System.nanoTime() - began >= 1_000_000_000, "Retry-After is a second");
    gateway.until("both have come", () -> messages(browser).size() == 2);
    gateway.until(
        "it may be asked again",
        () -> sql.rows("SELECT quiet_until FROM subscriptions").equals(List.of("null")));
  }

  @ParameterizedTest
  @CsvSource({"500", "503", "406"})
  void whatFailsIsTriedAgain(int status) {
    JsonObject browser = subscribed(ada);
    fault(status, 2);
    publish(ada, "a.b");
    first(browser);
    assertEquals(List.of("3"), sql.rows("SELECT tries FROM messages"));
    gateway.until(
        "it is well",
        () -> sql.rows("SELECT failing_since FROM subscriptions").equals(List.of("null")));
  }

  @Test
  void aConnectionThatBreaksIsTriedAgain() {
    JsonObject browser = subscribed(ada);
    JsonObject drop = new JsonObject().put("provider", "push").put("operation", "push");
    gateway.control(
        HttpMethod.POST, "/control/faults", drop.put("dropConnection", true).put("times", 1));
    publish(ada, "a.b");
    first(browser);
  }

  @Test
  void whatIsTooOldIsGivenUp() {
    subscribed(ada);
    double before = counted("expired");
    fault(503, null);
    publish(ada, "short.lived");
    gateway.until("it is given up", () -> counted("expired") == before + 1);
    assertEquals(List.of(), sql.rows("SELECT 1 FROM messages WHERE ended_at IS NULL"));
    assertEquals(1, kept().size());
  }

  @ParameterizedTest
  @CsvSource({"400", "401", "403", "413"})
  void ourOwnFaultIsNotRepeatedAndKeepsTheSubscription(int status) {
    subscribed(ada);
    double before = counted("refused");
    fault(status, null);
    publish(ada, "a.b");
    gateway.until("it is counted", () -> counted("refused") == before + 1);
    assertEquals(1, kept().size());
    assertEquals(List.of("1"), sql.rows("SELECT tries FROM messages WHERE ended_at IS NOT NULL"));
  }

  @Test
  void oneThatHasSubscribedForAnotherKeyRefuses() {
    double before = counted("refused");
    String other = ServerKey.make().publicKey();
    JsonObject browser =
        gateway.control(
            HttpMethod.POST,
            "/push/subscriptions",
            new JsonObject().put("applicationServerKey", other));
    subscribe(ada, browser);
    publish(ada, "a.b");
    gateway.until("it is refused", () -> counted("refused") == before + 1);
  }

  @Test
  void aTestGoesToAllBrowsers() {
    assertEquals("NO_PUSH_SUBSCRIPTION", error(ada.post("/api/push/test", null)).getString("code"));
    JsonObject one = subscribed(ada, "mail.*");
    JsonObject other = subscribed(ada);
    HttpResponse<Buffer> answer = ada.post("/api/push/test", null);
    assertEquals(202, answer.statusCode(), answer.bodyAsString());
    assertEquals(2, answer.bodyAsJsonObject().getInteger("subscriptions"));
    assertEquals("push.test", first(one).getJsonObject("payload").getString("type"));
    first(other);
  }

  @Test
  void thePublicKeyIsForEverybodyAndTheSame() {
    HttpResponse<Buffer> answer = gateway.get("/api/push/key");
    assertEquals(200, answer.statusCode());
    assertEquals(65, ClientKeys.point("publicKey", key()).length);
    assertEquals(List.of(key()), sql.rows("SELECT public_key FROM server_key"));
  }

  @Test
  void aListShowsOnesOwnWithoutKeys() {
    JsonObject browser = subscribed(ada, "job.*");
    subscribed(bob);
    HttpResponse<Buffer> answer = ada.get("/api/push/subscriptions");
    JsonArray all = answer.bodyAsJsonObject().getJsonArray("subscriptions");
    assertEquals(1, all.size());
    JsonObject one = all.getJsonObject(0);
    assertEquals(browser.getString("endpoint"), one.getString("endpoint"));
    assertEquals(new JsonArray().add("job.*"), one.getJsonArray("events"));
    String auth = browser.getJsonObject("keys").getString("auth");
    assertFalse(answer.bodyAsString().contains(auth));
    assertEquals(401, gateway.get("/api/push/subscriptions").statusCode());
  }

  @Test
  void nothingSecretIsReadableInTheDatabase() {
    JsonObject browser = subscribed(ada);
    String all = sql.rows("SELECT s::text, encode(sealed, 'escape') FROM subscriptions s").get(0);
    assertFalse(all.contains(browser.getString("endpoint").replaceAll(".*/", "")), all);
    assertFalse(all.contains(browser.getJsonObject("keys").getString("auth")), all);
  }

  @Test
  void theSameEndpointAgainIsTheSame() {
    JsonObject browser = browser();
    String id = subscribe(ada, browser).getString("id");
    JsonObject changed = browser.copy().put("events", new JsonArray().add("mail.*"));
    assertEquals(id, subscribe(ada, changed).getString("id"));
    assertEquals(List.of("{mail.*}"), sql.rows("SELECT events FROM subscriptions"));
  }

  @Test
  void aBrowserWithAnotherUserIsThatUsersAndWhatWaitedIsNotShown() {
    JsonObject browser = browser();
    subscribe(ada, browser);
    quiet();
    publish(ada, "private.matter");
    subscribe(bob, browser);
    assertEquals(List.of(bob.user.getString("id")), kept());
    assertEquals(List.of(), sql.rows("SELECT 1 FROM messages"));
    publish(bob, "bobs.own");
    assertEquals("bobs.own", first(browser).getJsonObject("payload").getString("type"));
    assertEquals(1, messages(browser).size());
  }

  @Test
  void oneTooManyTakesThePlaceOfTheOldest() {
    JsonObject oldest = subscribed(ada);
    JsonObject renewed = subscribed(ada);
    subscribed(ada);
    subscribe(ada, oldest);
    subscribed(ada);
    Set<String> endpoints = new HashSet<>();
    JsonArray all =
        ada.get("/api/push/subscriptions").bodyAsJsonObject().getJsonArray("subscriptions");
    all.forEach(one -> endpoints.add(((JsonObject) one).getString("endpoint")));
    assertEquals(3, endpoints.size());
    assertTrue(endpoints.contains(oldest.getString("endpoint")));
    assertFalse(endpoints.contains(renewed.getString("endpoint")));
  }

  private static HttpResponse<Buffer> delete(Person who, String query, JsonObject body) {
    return who.send(HttpMethod.DELETE, "/api/push/subscribe" + query, body);
  }

  @Test
  void onesOwnIsDeletedByBodyOrByQuery() {
    String one = subscribed(ada).getString("endpoint");
    String other = subscribed(ada).getString("endpoint");
    assertEquals(204, delete(ada, "", new JsonObject().put("endpoint", one)).statusCode());
    String query = "?endpoint=" + URLEncoder.encode(other, StandardCharsets.UTF_8);
    assertEquals(204, delete(ada, query, null).statusCode());
    assertEquals(List.of(), kept());
    HttpResponse<Buffer> again = delete(ada, query, null);
    assertEquals(404, again.statusCode());
    assertEquals("PUSH_SUBSCRIPTION_NOT_FOUND", error(again).getString("code"));
    assertEquals(400, delete(ada, "", null).statusCode());
    HttpResponse<Buffer> both = delete(ada, query, new JsonObject().put("endpoint", one));
    assertEquals(400, both.statusCode());
  }

  @Test
  void anothersCannotBeDeleted() {
    String endpoint = subscribed(ada).getString("endpoint");
    JsonObject body = new JsonObject().put("endpoint", endpoint);
    assertEquals(404, delete(bob, "", body).statusCode());
    assertEquals(1, kept().size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "endpoint | 'ftp://127.0.0.1/x' | endpoint | must begin with https",
        "endpoint | 'https://10.0.0.1/x' | endpoint | private address",
        "endpoint | 'https://user:pw@127.0.0.1/x' | endpoint | user name or password",
        "endpoint | 'nonsense' | endpoint | must begin with https",
        "endpoint | 'https://[::1]/x' | endpoint | loopback address",
        "p256dh | 'AAAA' | keys.p256dh | uncompressed point",
        "p256dh | '!!' | keys.p256dh | base64url",
        "p256dh | OFF | keys.p256dh | no point on P-256",
        "auth | 'AAAAAAAAAAAAAAAAAAAA' | keys.auth | 16 bytes",
        "auth | 'ü' | keys.auth | base64url",
        "expirationTime | 1000 | expirationTime | is over",
        "events | 'Job.*' | events.0 | words between dots",
      })
  void badInputIsSaidFieldByField(String where, String value, String field, String reason) {
    JsonObject wish = browser();
    JsonObject keys = wish.getJsonObject("keys");
    switch (where) {
      case "endpoint" -> wish.put("endpoint", value);
      case "expirationTime" -> wish.put("expirationTime", Long.parseLong(value));
      case "events" -> wish.put("events", new JsonArray().add(value));
      default -> keys.put(where, value.equals("OFF") ? "BA" + "A".repeat(85) : value);
    }
    HttpResponse<Buffer> answer = ada.post("/api/push/subscribe", wish);
    assertEquals(400, answer.statusCode(), answer.bodyAsString());
    JsonObject error = error(answer);
    assertEquals("VALIDATION_ERROR", error.getString("code"));
    JsonObject first = error.getJsonObject("details").getJsonArray("errors").getJsonObject(0);
    assertEquals(field, first.getString("field"), error::encode);
    assertTrue(first.getString("message").contains(reason), error::encode);
    assertEquals(List.of(), kept());
  }

  @Test
  void whatIsMissingOrOfAnotherTypeIsRefusedByTheContract() {
    for (String body :
        List.of(
            "{}",
            "{\"endpoint\":7,\"keys\":{\"p256dh\":\"a\",\"auth\":\"b\"}}",
            "{\"endpoint\":\"https://a.example\"}",
            "{\"endpoint\":\"https://a.example\",\"keys\":{\"p256dh\":\"a\"}}",
            "{\"endpoint\":\"https://a.example\",\"keys\":[]}",
            "{\"endpoint\":\"https://a.example\",\"expirationTime\":\"soon\",\"keys\":{\"p256dh\":\"a\",\"auth\":\"b\"}}",
            "{\"endpoint\":\"https://a.example\",\"events\":[],\"keys\":{\"p256dh\":\"a\",\"auth\":\"b\"}}")) {
      HttpResponse<Buffer> answer = ada.post("/api/push/subscribe", new JsonObject(body));
      assertEquals(400, answer.statusCode(), body);
      assertEquals("VALIDATION_ERROR", error(answer).getString("code"));
    }
    HttpResponse<Buffer> nobody =
        gateway.send(
            HttpMethod.POST,
            "/api/push/subscribe",
            browser().toBuffer(),
            "Content-Type",
            "application/json");
    assertEquals(401, nobody.statusCode());
  }

  @Test
  void whatABrowserSaysBesideIsLeftAlone() {
    JsonObject wish = browser().put("options", new JsonObject().put("userVisibleOnly", true));
    wish.put("expirationTime", System.currentTimeMillis() + 3_600_000.5);
    subscribe(ada, wish);
  }

  @Test
  void whatIsOverIsRemoved() {
    subscribed(ada);
    subscribed(bob);
    sql.update(
        "UPDATE subscriptions SET expires_at = now() WHERE owner = ?", ada.user.getString("id"));
    assertEquals(0, publish(ada, "a.b"));
    await(gateway.gateway().pushes().sweep());
    assertEquals(List.of(bob.user.getString("id")), kept());
    sql.update("UPDATE subscriptions SET failing_since = now() - interval '15 days'");
    await(gateway.gateway().pushes().sweep());
    assertEquals(List.of(), kept());
  }

  /** But one that takes another's place needs none of its own. */
  @Test
  void noMoreThanAHundredWaitForOneBrowser() {
    subscribed(ada);
    quiet();
    assertEquals(1, publish(ada, "mail.unread"));
    double before = counted("dropped");
    sql.update(
        "INSERT INTO messages (subscription_id, owner, host, event, body, urgency, anyway, next_at,"
            + " expires_at) SELECT s.id, s.owner, s.host, 'e' || n, '{}', 'low', false,"
            + " now() + interval '1 hour', now() + interval '1 day'"
            + " FROM subscriptions s, generate_series(1, 99) n");
    assertEquals(0, publish(ada, "a.b"));
    gateway.until("it is counted", () -> counted("dropped") == before + 1);
    assertEquals(1, publish(ada, "mail.unread"));
  }

  @Test
  void whoMayNotSignInAnyMoreIsToldNothing() {
    Person eve = Person.signedIn(gateway, "eve@example.com");
    JsonObject browser = subscribed(eve);
    double before = counted("dropped");
    Person admin = Person.signedIn(gateway, "admin@example.com");
    String active = "/admin/users/" + eve.user.getString("id") + "/active";
    JsonObject out = new JsonObject().put("isActive", false);
    assertEquals(200, admin.send(HttpMethod.PUT, active, out).statusCode());
    publish(eve, "a.b");
    gateway.until("it is dropped", () -> counted("dropped") == before + 1);
    assertEquals(List.of(), messages(browser));
  }

  @Test
  void whoeverIsForgottenHasNoSubscriptions() {
    Person tom = Person.signedIn(gateway, "tom@example.com");
    subscribed(tom);
    subscribed(ada);
    HttpResponse<Buffer> gone = tom.send(HttpMethod.DELETE, "/users/me", null);
    assertTrue(gone.statusCode() < 300, gone.bodyAsString());
    assertEquals(List.of(ada.user.getString("id")), kept());
  }
}
