package dev.sluice.guard.idempotency;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.bus.Address;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Claim;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.call.Wish;
import dev.sluice.harness.Await;
import dev.sluice.harness.Ledger;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.identity.Person;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A POST is safe to repeat. */
class IdempotencyIT {
  private static final Ledger ledger = new Ledger();
  private static RunningGateway gateway;
  private static Sql sql;
  private final String account = UUID.randomUUID().toString();
  private final String key = UUID.randomUUID().toString();

  @BeforeAll
  static void start() {
    Map<String, String> settings =
        Map.of(
            "SLUICE_APPS", "identity,traffic,notebook,ledger",
            "SLUICE_SERVER_TRUSTEDPROXIES", "127.0.0.1",
            "SLUICE_LIMITS_LOGIN_REQUESTS", "100000");
    gateway = new RunningGateway(settings, "", List.of(ledger));
    sql = Sql.of(gateway);
  }

  @AfterAll
  static void stop() {
    sql.close();
    gateway.close();
  }

  @AfterEach
  void quiet() {
    ledger.before = call -> Future.succeededFuture();
  }

  private HttpResponse<Buffer> add(String path, String body, String... headers) {
    return await(addAsync(path, body, headers));
  }

  private Future<HttpResponse<Buffer>> addAsync(String path, String body, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    all.addAll(List.of("Content-Type", "application/json"));
    return gateway.sendAsync(
        HttpMethod.POST,
        path + "?account=" + account,
        Buffer.buffer(body),
        all.toArray(String[]::new));
  }

  private HttpResponse<Buffer> keyed(String body) {
    return add("/ledger", body, "Idempotency-Key", key);
  }

  private int effects() {
    return sql.rows("SELECT id FROM ledger.entry WHERE account = ?", account).size();
  }

  private static String code(HttpResponse<Buffer> answer) {
    return error(answer).getString("code");
  }

  @Test
  void aRepeatIsAnsweredAsTheFirstWas() {
    HttpResponse<Buffer> first = keyed("{\"note\":\"a\",\"more\":{\"x\":1,\"y\":2}}");
    assertEquals(200, first.statusCode(), first.bodyAsString());
    assertNull(first.getHeader("idempotent-replayed"));
    HttpResponse<Buffer> repeat = keyed("{ \"more\": {\"y\":2, \"x\":1}, \"note\": \"a\" }");
    assertEquals(200, repeat.statusCode());
    assertEquals("true", repeat.getHeader("idempotent-replayed"));
    assertEquals(first.body(), repeat.body());
    assertEquals(first.getHeader("x-entry"), repeat.getHeader("x-entry"));
    assertEquals(first.getHeader("content-type"), repeat.getHeader("content-type"));
    HttpResponse<Buffer> quoted =
        add(
            "/ledger",
            "{\"note\":\"a\",\"more\":{\"x\":1,\"y\":2}}",
            "Idempotency-Key",
            '"' + key + '"');
    assertEquals(first.body(), quoted.body());
    assertEquals(1, effects());
  }

  @Test
  void theSameKeyForAnotherRequestIsAMistake() {
    assertEquals(200, keyed("{\"note\":\"a\"}").statusCode());
    HttpResponse<Buffer> other = keyed("{\"note\":\"b\"}");
    assertEquals(422, other.statusCode());
    assertEquals("IDEMPOTENCY_KEY_REUSED", code(other));
    HttpResponse<Buffer> elsewhere =
        gateway.send(
            HttpMethod.POST,
            "/ledger?account=other",
            Buffer.buffer("{\"note\":\"a\"}"),
            "Content-Type",
            "application/json",
            "Idempotency-Key",
            key);
    assertEquals(422, elsewhere.statusCode());
    assertEquals(1, effects());
  }

  @Test
  void whileTheFirstIsUnderWayARepeatIsToldSo() {
    Promise<Void> gate = Promise.promise();
    Promise<Void> reached = Promise.promise();
    ledger.before =
        call -> {
          reached.tryComplete();
          return gate.future();
        };
    Future<HttpResponse<Buffer>> first =
        addAsync("/ledger", "{\"note\":\"a\"}", "Idempotency-Key", key);
    await(reached.future());
    HttpResponse<Buffer> repeat = keyed("{\"note\":\"a\"}");
    assertEquals(409, repeat.statusCode());
    assertEquals("IDEMPOTENCY_KEY_IN_USE", code(repeat));
    assertEquals("5", repeat.getHeader("retry-after"));
    assertEquals(422, keyed("{\"note\":\"b\"}").statusCode());
    gate.complete();
    assertEquals(200, await(first).statusCode());
    assertEquals(await(first).body(), keyed("{\"note\":\"a\"}").body());
    assertEquals(1, effects());
  }

  @Test
  void aKeyIsItsCallersAndItsOperations() {
    assertEquals(200, keyed("{\"note\":\"a\"}").statusCode());
    String bearer = "Bearer " + Person.signedIn(gateway, "ada@example.com").accessToken;
    String other = "Bearer " + Person.signedIn(gateway, "bob@example.com").accessToken;
    for (String who : List.of(bearer, other)) {
      HttpResponse<Buffer> own =
          add("/ledger", "{\"note\":\"b\"}", "Idempotency-Key", key, "Authorization", who);
      assertEquals(200, own.statusCode(), own.bodyAsString());
      assertNull(own.getHeader("idempotent-replayed"));
    }
    assertEquals(
        200, add("/ledger/strict", "{\"note\":\"b\"}", "Idempotency-Key", key).statusCode());
    assertEquals(4, effects());
    HttpResponse<Buffer> again =
        add("/ledger", "{\"note\":\"b\"}", "Idempotency-Key", key, "Authorization", bearer);
    assertEquals("true", again.getHeader("idempotent-replayed"));
    assertEquals(4, effects());
  }

  @Test
  void whoIsUnknownIsToldByTheNetwork() {
    String note = "{\"note\":\"a\"}";
    String[] from = {"192.0.2.7", "192.0.2.8", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"};
    List<String> replayed = new ArrayList<>();
    for (String address : from) {
      HttpResponse<Buffer> answer =
          add("/ledger", note, "Idempotency-Key", key, "X-Forwarded-For", address);
      assertEquals(200, answer.statusCode());
      if (answer.getHeader("idempotent-replayed") != null) replayed.add(address);
    }
    assertEquals(List.of("2001:db8::2"), replayed);
    assertEquals(4, effects());
  }

  @Test
  void aFinalFailureIsSaidAgain() {
    String body = "{\"note\":\"a\",\"how\":\"refused\"}";
    HttpResponse<Buffer> first = keyed(body);
    assertEquals(409, first.statusCode());
    assertNull(first.getHeader("idempotent-replayed"));
    int runs = ledger.runs.get();
    HttpResponse<Buffer> repeat = keyed(body);
    assertEquals(409, repeat.statusCode());
    assertEquals("true", repeat.getHeader("idempotent-replayed"));
    JsonObject said = error(repeat);
    said.remove("correlationId");
    JsonObject before = error(first);
    before.remove("correlationId");
    assertEquals(before, said);
    assertEquals(3, said.getJsonObject("details").getInteger("balance"));
    assertEquals(runs, ledger.runs.get());
    assertEquals(0, effects());
  }

  @ParameterizedTest
  @ValueSource(strings = {"busy", "broken"})
  void afterAnotherFailureARepeatRunsAnew(String how) {
    String body = "{\"note\":\"a\",\"how\":\"" + how + "\"}";
    int runs = ledger.runs.get();
    assertTrue(keyed(body).statusCode() >= 500);
    assertTrue(keyed(body).statusCode() >= 500);
    assertEquals(runs + 2, ledger.runs.get());
    assertEquals(200, keyed("{\"note\":\"a\"}").statusCode(), "and the key is free");
    assertEquals(1, effects());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"\"", "a b", "\"a", "\u00e9"})
  void whatIsNoKeyIsRefused(String bad) {
    HttpResponse<Buffer> answer = add("/ledger", "{\"note\":\"a\"}", "Idempotency-Key", bad);
    assertEquals(400, answer.statusCode());
    assertEquals("IDEMPOTENCY_KEY_INVALID", code(answer));
    assertEquals(0, effects());
  }

  @Test
  void tooLongAndTwiceAreRefused() throws IOException {
    HttpResponse<Buffer> tenKilobytes =
        add("/ledger", "{\"note\":\"a\"}", "Idempotency-Key", "k".repeat(10_000));
    assertEquals(400, tenKilobytes.statusCode());
    assertEquals("IDEMPOTENCY_KEY_INVALID", code(tenKilobytes));
    HttpURLConnection twice =
        (HttpURLConnection)
            new URL("http://127.0.0.1:" + gateway.port() + "/ledger").openConnection();
    twice.setDoOutput(true);
    twice.addRequestProperty("Content-Type", "application/json");
    twice.addRequestProperty("Idempotency-Key", key);
    twice.addRequestProperty("Idempotency-Key", key);
    twice.getOutputStream().write("{\"note\":\"a\"}".getBytes(StandardCharsets.UTF_8));
    assertEquals(400, twice.getResponseCode());
    String said = new String(twice.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(said.contains("it is there 2 times"), said);
    assertEquals(0, effects());
  }

  @Test
  void controlCharactersAreNoHeaderAtAll() throws IOException {
    try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
      String head = "POST /ledger HTTP/1.1\r\nHost: x\r\nIdempotency-Key: a\u0001b\r\n";
      socket.getOutputStream().write((head + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      byte[] answer = socket.getInputStream().readNBytes(12);
      assertEquals("HTTP/1.1 400", new String(answer, StandardCharsets.US_ASCII));
    }
  }

  @Test
  void whereAKeyIsRequiredItIsMissed() {
    HttpResponse<Buffer> answer = add("/ledger/strict", "{\"note\":\"a\"}");
    assertEquals(400, answer.statusCode());
    assertEquals("IDEMPOTENCY_KEY_REQUIRED", answer.bodyAsJsonObject().getString("code"));
    HttpResponse<Buffer> invalid = add("/ledger/strict", "{}", "Idempotency-Key", key);
    assertEquals("VALIDATION_ERROR", invalid.bodyAsJsonObject().getString("code"));
    assertEquals(
        200,
        add("/ledger/strict", "{\"note\":\"a\"}", "Idempotency-Key", key).statusCode(),
        "what was never let in has used no key");
    assertEquals(1, effects());
  }

  @Test
  void whoDoesNotHeedKeysIsAskedEachTime() {
    for (int i = 0; i < 2; i++) {
      HttpResponse<Buffer> answer =
          add("/ledger/loose", "{\"note\":\"a\"}", "Idempotency-Key", "no key at all");
      assertEquals(200, answer.statusCode());
    }
    assertEquals(200, add("/ledger", "{\"note\":\"a\"}").statusCode());
    assertEquals(200, add("/ledger", "{\"note\":\"a\"}").statusCode());
    assertEquals(4, effects());
    String list = "/ledger?account=" + account;
    assertEquals(200, gateway.get(list, "Idempotency-Key", key).statusCode());
    assertEquals(200, gateway.get(list, "Idempotency-Key", "").statusCode());
  }

  @Test
  void aRunThatOthersHaveTakenOverHasNoEffect() {
    Promise<Void> gate = Promise.promise();
    Promise<Void> reached = Promise.promise();
    ledger.before =
        call -> {
          if (!reached.tryComplete()) return Future.succeededFuture();
          return gate.future();
        };
    Future<HttpResponse<Buffer>> first =
        addAsync("/ledger", "{\"note\":\"a\"}", "Idempotency-Key", key);
    await(reached.future());
    sql.update(
        "UPDATE traffic.idempotency SET leased_until = now() WHERE operation = 'addEntry'"
            + " AND outcome IS NULL");
    HttpResponse<Buffer> second = keyed("{\"note\":\"a\"}");
    assertEquals(200, second.statusCode(), second.bodyAsString());
    gate.complete();
    assertEquals("CLAIM_LOST", code(await(first)));
    assertEquals(1, effects());
    assertEquals(second.body(), keyed("{\"note\":\"a\"}").body());
  }

  @Test
  void aRunThatIsTooSlowKeepsItsKeyUntilItsLeaseIsUp() {
    Promise<Void> gate = Promise.promise();
    ledger.before = call -> gate.future();
    HttpResponse<Buffer> first = add("/ledger/strict", "{\"note\":\"a\"}", "Idempotency-Key", key);
    assertEquals(504, first.statusCode());
    HttpResponse<Buffer> repeat = add("/ledger/strict", "{\"note\":\"a\"}", "Idempotency-Key", key);
    assertEquals(409, repeat.statusCode());
    gate.complete();
    Await.until("the slow one has its effect", () -> effects() == 1);
    HttpResponse<Buffer> late = add("/ledger/strict", "{\"note\":\"a\"}", "Idempotency-Key", key);
    assertEquals(200, late.statusCode());
    assertEquals("true", late.getHeader("idempotent-replayed"));
    assertEquals(1, effects());
  }

  @Test
  void aKeyCanBeTakenAnewOnceItIsForgotten() {
    HttpResponse<Buffer> first = keyed("{\"note\":\"a\"}");
    sql.update("UPDATE traffic.idempotency SET expires_at = now()");
    HttpResponse<Buffer> later = keyed("{\"note\":\"b\"}");
    assertEquals(200, later.statusCode());
    assertNotEquals(first.body(), later.body());
    assertEquals(2, effects());
  }

  @Test
  void whoLosesTheConnectionFindsTheAnswer() throws IOException {
    Promise<Void> gate = Promise.promise();
    Promise<Void> reached = Promise.promise();
    ledger.before =
        call -> {
          reached.tryComplete();
          return gate.future();
        };
    String body = "{\"note\":\"a\"}";
    try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
      OutputStream out = socket.getOutputStream();
      String head =
          "POST /ledger?account=%s HTTP/1.1\r\nHost: x\r\nIdempotency-Key: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(account, key, body.length(), body);
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      await(reached.future());
    }
    gate.complete();
    Await.until("the effect", () -> effects() == 1);
    HttpResponse<Buffer> repeat = keyed(body);
    assertEquals(200, repeat.statusCode());
    assertEquals("true", repeat.getHeader("idempotent-replayed"));
    assertEquals(1, effects());
  }

  @Test
  void callsOfSiblingsAreHeldToItToo() {
    Call call = sibling("addStrictly", null);
    Failure keyless =
        Await.failure(door("addStrictly").ask(gateway.gateway().vertx(), call, call.deadline()));
    assertEquals("IDEMPOTENCY_KEY_REQUIRED", keyless.code());
    Call bad = sibling("addStrictly", new Wish("a b", false));
    Failure refused =
        Await.failure(door("addStrictly").ask(gateway.gateway().vertx(), bad, bad.deadline()));
    assertEquals("IDEMPOTENCY_KEY_INVALID", refused.code());
    // whose run it is cannot be claimed from outside
    Claim made = new Claim(Claim.Of.KEY, "00", UUID.randomUUID().toString());
    Call good = sibling("addStrictly", new Wish(key, false, made));
    Reply first =
        Await.result(door("addStrictly").ask(gateway.gateway().vertx(), good, good.deadline()));
    Reply again =
        Await.result(door("addStrictly").ask(gateway.gateway().vertx(), good, good.deadline()));
    assertEquals(first.body(), again.body());
    assertEquals("true", again.headers().get("idempotent-replayed"));
    assertEquals(1, effects());
  }

  private static Address<Call, Reply> door(String operation) {
    return Address.shared("op." + operation, Call.class, Reply.class);
  }

  private Call sibling(String operation, Wish wish) {
    Call call = Call.of(operation, Map.of("account", account), Deadline.inMillis(10_000));
    return new Call(
        call.id(),
        operation,
        call.params(),
        Body.json(new JsonObject().put("note", "a")),
        call.caller(),
        call.trace(),
        call.priority(),
        call.deadline(),
        wish == null ? Wish.NONE : wish);
  }

  @Test
  void whoIsForgottenLeavesNoKeys() {
    Person ada = Person.signedIn(gateway, "gone@example.com");
    JsonObject note = new JsonObject().put("note", "a");
    assertEquals(
        200, ada.post("/ledger?account=" + account, note, "Idempotency-Key", key).statusCode());
    String mine = "SELECT 1 FROM traffic.idempotency WHERE subject = ?";
    String id = ada.user.getString("id");
    assertEquals(1, sql.rows(mine, id).size());
    HttpResponse<Buffer> gone = ada.send(HttpMethod.DELETE, "/users/me", null);
    assertEquals(200, gone.statusCode(), gone.bodyAsString());
    assertTrue(gone.bodyAsString().contains("\"idempotency\":1"), gone.bodyAsString());
    assertEquals(0, sql.rows(mine, id).size());
  }
}
