package dev.sluice.app.studio;

import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.harness.Talker;
import dev.sluice.identity.Person;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Saves of seed 000, from a request to what the next machine loads. */
class SavesIT {
  private static final String SAVE = "/cloud-save/save";

  private static RunningGateway gateway;
  private static Sql sql;
  private static Person ada;
  private static Person bob;
  private static Person elsewhere; // ada, at another machine

  private String slot;

  @BeforeAll
  static void startAll() {
    gateway =
        new RunningGateway(
            Map.of(
                "SLUICE_APPS", "identity,traffic,realtime,studio,notebook",
                "SLUICE_STORE_REDISTIMEOUT", "2s",
                "SLUICE_LIMITS_DEVICE_IP_REQUESTS", "100000",
                "SLUICE_STUDIO_SAVES_SLOTS", "40"));
    sql = Sql.of(gateway);
    sql.update("SET search_path = studio");
    ada = Person.signedIn(gateway, "ada@example.com");
    bob = Person.signedIn(gateway, "bob@example.com");
    elsewhere = Person.signedIn(gateway, "ada@example.com");
  }

  @AfterAll
  static void stopAll() {
    sql.close();
    gateway.close();
  }

  @BeforeEach
  void anotherSlot() {
    sql.update("DELETE FROM saves");
    sql.update("DELETE FROM save_floors");
    slot = "s" + UUID.randomUUID();
  }

  private static HttpResponse<Buffer> ask(
      Person person, HttpMethod method, String uri, Buffer body, String... headers) {
    List<String> all = new ArrayList<>(Arrays.asList(headers));
    if (person != null) all.addAll(List.of("Authorization", "Bearer " + person.accessToken));
    if (body != null) all.addAll(List.of("Content-Type", "application/json"));
    return gateway.send(method, uri, body, all.toArray(String[]::new));
  }

  /** Saves what is written in single quotes, with more members in front. */
  private HttpResponse<Buffer> save(Person person, String members, String configs) {
    return ask(person, HttpMethod.POST, SAVE, body(members, configs));
  }

  private Buffer body(String members, String configs) {
    String more = members.isEmpty() ? "" : members.replace('\'', '"') + ",";
    return Buffer.buffer(
        "{\"slot\":\"%s\",%s\"configs\":%s}".formatted(slot, more, configs.replace('\'', '"')));
  }

  private static JsonObject ok(HttpResponse<Buffer> answer, String status) {
    assertTrue(answer.statusCode() < 300, answer.bodyAsString());
    JsonObject body = answer.bodyAsJsonObject();
    assertEquals(status, body.getString("status"));
    assertEquals(true, body.getBoolean("success"));
    assertEquals(status.equals("created") ? 201 : 200, answer.statusCode());
    assertEquals(body.getString("etag"), answer.getHeader("ETag"));
    return body;
  }

  private JsonObject saved(Person person, String members, String configs, String status) {
    return ok(save(person, members, configs), status);
  }

  private static JsonObject refused(HttpResponse<Buffer> answer, int status, String code) {
    assertEquals(status, answer.statusCode(), answer.bodyAsString());
    assertEquals(code, error(answer).getString("code"));
    assertNotEquals(null, error(answer).getString("suggestion"));
    return error(answer).getJsonObject("details");
  }

  private HttpResponse<Buffer> load(Person person, String more) {
    return ask(person, HttpMethod.GET, "/cloud-save/load?slot=" + encoded(slot) + more, null);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The configs of an answer, as they stand there. */
  private static String configs(HttpResponse<Buffer> answer) {
    assertEquals(200, answer.statusCode(), answer.bodyAsString());
    String body = answer.bodyAsString();
    return body.substring(body.indexOf("\"configs\":") + 10, body.length() - 1);
  }

  private static String device() {
    return UUID.randomUUID().toString();
  }

  private static String state() {
    return String.join(
        "\n",
        sql.rows(
            "SELECT s::text, v::text FROM saves s LEFT JOIN save_versions v ON v.save = s.id ORDER BY s.id, v.version"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ \"b\" : 1.00 , \"a\":1e2,\n\t\"c\":-0.0 }",
        "{\"e\":\"\\u00e9\\/ é \\ud83d\\ude00 😀\",\"é\":\"\\u0001\"}",
        "{\"big\":123456789012345678901234567890.10,\"exp\":1E+40}",
        "[]",
        "[ [ [] ] , {} ]",
        "{\"z\":null,\"a\":{\"z\":1,\"a\":2}}",
      })
  void whatIsLoadedIsByteForByteWhatWasSaved(String written) throws Exception {
    Buffer body = Buffer.buffer("{ \"configs\" : " + written + " ,\"slot\":\"" + slot + "\"}");
    JsonObject saved = ok(ask(ada, HttpMethod.POST, SAVE, body), "created");
    HttpResponse<Buffer> loaded = load(ada, "");
    assertEquals(written, configs(loaded));
    byte[] bytes = written.getBytes(StandardCharsets.UTF_8);
    assertEquals(bytes.length, saved.getInteger("size"));
    byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(bytes);
    assertEquals(HexFormat.of().formatHex(sha256), saved.getString("checksum"));
    assertEquals(saved.getString("etag"), loaded.getHeader("ETag"));
    JsonObject facts = loaded.bodyAsJsonObject();
    for (String fact : new String[] {"slot", "version", "etag", "checksum", "savedAt"}) {
      assertEquals(saved.getValue(fact), facts.getValue(fact), fact);
    }
  }

  @Test
  void eachChangeIsAVersionAndTheLastOnesAreKept() {
    for (int i = 1; i <= 12; i++) {
      JsonObject saved =
          saved(ada, "'device':'pc'", "{'n':%d}".formatted(i), i == 1 ? "created" : "saved");
      assertEquals(i, saved.getInteger("version"));
    }
    HttpResponse<Buffer> all = ask(ada, HttpMethod.GET, "/cloud-save/versions?slot=" + slot, null);
    JsonArray versions = all.bodyAsJsonObject().getJsonArray("versions");
    assertEquals(10, versions.size());
    assertEquals(12, versions.getJsonObject(0).getInteger("version"));
    assertEquals("{\"n\":3}", configs(load(ada, "&version=3")));
    JsonObject gone = refused(load(ada, "&version=2"), 404, "VERSION_NOT_FOUND");
    assertEquals(2, gone.getInteger("version"));
  }

  @Test
  void aTitleStaysUntilAnotherIsGiven() {
    saved(ada, "'name':'My scenes'", "{}", "created");
    assertEquals("My scenes", saved(ada, "", "{'a':1}", "saved").getString("name"));
    JsonObject then = saved(ada, "'name':'Scenes'", "{'a':1}", "saved");
    assertEquals("Scenes", then.getString("name"));
    assertEquals(3, then.getInteger("version"));
  }

  @Test
  void aSaveOfTheNewestIsTakenAndOfAnotherRefused() {
    JsonObject one = saved(ada, "'baseVersion':0", "{'a':1}", "created");
    saved(ada, "'baseVersion':1", "{'a':2}", "saved");
    JsonObject conflict =
        refused(save(elsewhere, "'baseVersion':1", "{'a':3,'b':1}"), 409, "SYNC_CONFLICT");
    assertEquals(1, conflict.getInteger("localVersion"));
    assertEquals(2, conflict.getInteger("serverVersion"));
    JsonObject server = conflict.getJsonObject("server");
    assertEquals("{\"a\":2}", server.getJsonObject("configs").encode());
    assertEquals(
        "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":2},{\"op\":\"remove\",\"path\":\"/b\"}]",
        conflict.getJsonArray("diff").encode());
    refused(save(ada, "'baseVersion':0", "{'a':4}"), 409, "SYNC_CONFLICT");
    refused(save(ada, "'baseVersion':7", "{'a':4}"), 409, "SYNC_CONFLICT");
    Buffer next = body("", "{'a':5}");
    HttpResponse<Buffer> stale =
        ask(ada, HttpMethod.POST, SAVE, next, "If-Match", one.getString("etag"));
    refused(stale, 409, "SYNC_CONFLICT");
    String etag = server.getString("etag");
    assertEquals(
        3,
        ok(ask(ada, HttpMethod.POST, SAVE, next, "If-Match", etag), "saved").getInteger("version"));
    refused(ask(ada, HttpMethod.POST, SAVE, next, "If-Match", "\"x\""), 400, "VALIDATION_ERROR");
    assertEquals("{\"a\":5}", configs(load(ada, "")));
  }

  @Test
  void whatIsSavedAgainIsUnchangedHoweverStale() {
    saved(ada, "'baseVersion':0", "{'a':1}", "created");
    assertEquals(
        1, saved(elsewhere, "'baseVersion':0", "{'a':1}", "unchanged").getInteger("version"));
    saved(ada, "'baseVersion':1", "{'a':2}", "saved");
    assertEquals(2, saved(ada, "'baseVersion':1", "{'a':2}", "unchanged").getInteger("version"));
  }

  @Test
  void withoutAVersionOnlyWhoHasWrittenLastMayWrite() {
    saved(ada, "", "{'a':1}", "created");
    saved(ada, "", "{'a':2}", "saved");
    JsonObject conflict = refused(save(elsewhere, "", "{'a':3}"), 409, "SYNC_CONFLICT");
    assertEquals(0, conflict.getInteger("localVersion"));
    saved(ada, "'device':'desk'", "{'a':4}", "saved");
    saved(elsewhere, "'device':'desk'", "{'a':5}", "saved");
    refused(save(elsewhere, "'device':'sofa'", "{'a':6}"), 409, "SYNC_CONFLICT");
  }

  @Test
  void whatDoesNotTouchIsMerged() {
    saved(ada, "", "{'a':1,'b':1}", "created");
    saved(ada, "'baseVersion':1", "{'a':2,'b':1}", "saved");
    JsonObject merged =
        saved(elsewhere, "'baseVersion':1,'strategy':'merge'", "{'a':1,'b':3,'c':1.00}", "merged");
    assertEquals(3, merged.getInteger("version"));
    HttpResponse<Buffer> loaded = load(ada, "");
    assertEquals("{\"a\":2,\"b\":3,\"c\":1.00}", configs(loaded));
    assertEquals(loaded.bodyAsJsonObject().getValue("configs"), merged.getValue("configs"));
    JsonObject already =
        saved(ada, "'baseVersion':2,'strategy':'merge'", "{ 'a':2, 'b':3 }", "merged");
    assertEquals(3, already.getInteger("version"), "it has that already");
    assertEquals("{\"a\":2,\"b\":3,\"c\":1.00}", configs(load(ada, "")));
  }

  @Test
  void whatTouchesIsNot() {
    saved(ada, "", "{'a':{'x/y':1}}", "created");
    saved(ada, "'baseVersion':1", "{'a':{'x/y':2}}", "saved");
    String before = state();
    JsonObject conflict =
        refused(
            save(elsewhere, "'baseVersion':1,'strategy':'merge'", "{'a':{'x/y':3}}"),
            409,
            "SYNC_CONFLICT");
    assertEquals(new JsonArray().add("/a/x~1y"), conflict.getJsonArray("conflicts"));
    assertEquals(2, conflict.getJsonObject("server").getInteger("version"));
    assertEquals(before, state());
  }

  @Test
  void withoutTheVersionThatWasChangedThereIsNoMerge() {
    for (int i = 1; i <= 12; i++) save(ada, "", "{'n':%d}".formatted(i));
    JsonObject conflict =
        refused(
            save(elsewhere, "'baseVersion':1,'strategy':'merge'", "{'n':1,'m':1}"),
            409,
            "SYNC_CONFLICT");
    assertEquals("BASE_GONE", conflict.getString("reason"));
    saved(elsewhere, "'baseVersion':0,'strategy':'merge'", "{'m':1}", "merged");
    assertEquals("{\"n\":12,\"m\":1}", configs(load(ada, "")));
  }

  @Test
  void overwritingKeepsWhatWasThere() {
    saved(ada, "", "{'a':1}", "created");
    saved(ada, "'baseVersion':1", "{'a':2}", "saved");
    saved(elsewhere, "'baseVersion':1,'strategy':'overwrite'", "{'a':3}", "overwritten");
    assertEquals("{\"a\":2}", configs(load(ada, "&version=2")));
    assertEquals("{\"a\":3}", configs(load(ada, "")));
  }

  private HttpResponse<Buffer> restore(String members) {
    Buffer body = Buffer.buffer("{\"slot\":\"" + slot + "\"," + members.replace('\'', '"') + "}");
    return ask(ada, HttpMethod.POST, "/cloud-save/restore", body);
  }

  private HttpResponse<Buffer> delete(Person person, String more) {
    return ask(person, HttpMethod.DELETE, "/cloud-save/delete?slot=" + slot + more, null);
  }

  @Test
  void anEarlierVersionIsRestored() {
    saved(ada, "", "{'a':1}", "created");
    saved(ada, "", "{'a':2}", "saved");
    refused(restore("'version':1,'baseVersion':1"), 409, "SYNC_CONFLICT");
    assertEquals(3, ok(restore("'version':1,'baseVersion':2"), "restored").getInteger("version"));
    assertEquals(3, ok(restore("'version':1,'baseVersion':2"), "unchanged").getInteger("version"));
    assertEquals("{\"a\":1}", configs(load(ada, "")));
    refused(restore("'version':9"), 404, "VERSION_NOT_FOUND");
    slot = "nothing";
    refused(restore("'version':1"), 404, "SAVE_NOT_FOUND");
  }

  @Test
  void whatWasDeletedIsRestoredAndItsNumbersGoOn() {
    saved(ada, "", "{'a':1}", "created");
    refused(delete(ada, "&baseVersion=4"), 409, "SYNC_CONFLICT");
    JsonObject deleted = delete(ada, "&baseVersion=1").bodyAsJsonObject();
    assertEquals(2, deleted.getInteger("version"));
    refused(load(ada, ""), 404, "SAVE_NOT_FOUND");
    refused(delete(ada, ""), 404, "SAVE_NOT_FOUND");
    JsonObject versions =
        ask(ada, HttpMethod.GET, "/cloud-save/versions?slot=" + slot, null).bodyAsJsonObject();
    assertTrue(versions.getBoolean("deleted"));
    assertEquals(3, ok(restore("'version':1"), "restored").getInteger("version"));
    assertEquals("{\"a\":1}", configs(load(ada, "")));
  }

  @Test
  void whoKnowsADeletedOneCannotTakeItsSuccessorForIt() {
    saved(ada, "", "{'a':1}", "created");
    delete(ada, "");
    JsonObject gone = refused(save(elsewhere, "'baseVersion':1", "{'a':2}"), 409, "SYNC_CONFLICT");
    assertEquals(0, gone.getInteger("serverVersion"));
    assertNull(gone.getJsonObject("server"));
    gone =
        refused(
            save(elsewhere, "'baseVersion':1,'strategy':'merge'", "{'a':2}"), 409, "SYNC_CONFLICT");
    assertEquals(new JsonArray().add(""), gone.getJsonArray("conflicts"));
    assertEquals(3, saved(ada, "'baseVersion':2", "{'a':1}", "created").getInteger("version"));
    refused(save(elsewhere, "'baseVersion':1", "{'a':2}"), 409, "SYNC_CONFLICT");
    delete(ada, "");
    assertEquals(5, saved(ada, "'baseVersion':0", "{'a':1}", "created").getInteger("version"));
    delete(ada, "");
    sql.update("BEGIN"); // or the gateway sweeps first
    sql.update("UPDATE saves SET deleted_at = now() - interval '31 days' WHERE slot = ?", slot);
    assertEquals(List.of("1"), sql.rows("SELECT sweep_saves(interval '30 days', 10)"));
    sql.update("COMMIT");
    assertEquals(List.of(), sql.rows("SELECT 1 FROM saves WHERE slot = ?", slot));
    assertTrue(saved(ada, "", "{'a':1}", "created").getInteger("version") > 6);
  }

  @Test
  void aHundredDeletedOnesStay() {
    String owner = "user:" + ada.user.getString("id");
    for (int i = 0; i < 102; i++) {
      slot = "d" + i;
      saved(ada, "", "{}", "created");
      delete(ada, "");
    }
    assertEquals(List.of("100"), sql.rows("SELECT count(*) FROM saves WHERE owner = ?", owner));
    slot = "d0";
    refused(restore("'version':1"), 404, "SAVE_NOT_FOUND");
    assertTrue(saved(ada, "", "{}", "created").getInteger("version") > 2);
  }

  @Test
  void thereMayBeSoManySlots() {
    for (int i = 0; i < 40; i++) {
      slot = "n" + i;
      saved(bob, "", "{}", "created");
    }
    JsonObject list = ask(bob, HttpMethod.GET, "/cloud-save/list", null).bodyAsJsonObject();
    assertEquals("n39", list.getJsonArray("saves").getJsonObject(0).getString("slot"));
    assertEquals(40, list.getJsonObject("used").getInteger("slots"));
    assertEquals(80, list.getJsonObject("used").getInteger("bytes"));
    assertEquals(40, list.getJsonObject("limits").getInteger("slots"));
    saved(bob, "", "{'a':1}", "saved");
    slot = "one more";
    refused(save(bob, "", "{}"), 409, "TOO_MANY_SLOTS");
    HttpResponse<Buffer> claim = claim(bob, saveAs(device()));
    refused(claim, 409, "TOO_MANY_SLOTS");
  }

  @Test
  void anothersSlotIsNotThere() {
    saved(ada, "", "{'a':1}", "created");
    refused(load(bob, ""), 404, "SAVE_NOT_FOUND");
    refused(load(bob, "&version=1"), 404, "VERSION_NOT_FOUND");
    refused(delete(bob, ""), 404, "SAVE_NOT_FOUND");
    refused(
        ask(bob, HttpMethod.GET, "/cloud-save/versions?slot=" + slot, null), 404, "SAVE_NOT_FOUND");
    saved(bob, "", "{'b':1}", "created");
    assertEquals("{\"a\":1}", configs(load(ada, "")));
    assertEquals(401, ask(null, HttpMethod.GET, "/cloud-save/list", null).statusCode());
  }

  @Test
  void namesThatLookTheSameAreTheSame() {
    slot = "Cafe\u0301";
    saved(ada, "", "{'a':1}", "created");
    slot = "Caf\u00e9";
    assertEquals("{\"a\":1}", configs(load(ada, "")));
    assertEquals(slot, load(ada, "").bodyAsJsonObject().getString("slot"));
    slot = "\u0958".repeat(40);
    refused(save(ada, "", "{}"), 400, "VALIDATION_ERROR");
  }

  @Test
  void withoutANameItIsTheUsualSlot() {
    Buffer body = Buffer.buffer("{\"configs\":{\"a\":1}}");
    assertEquals("default", ok(ask(ada, HttpMethod.POST, SAVE, body), "created").getString("slot"));
    assertEquals("{\"a\":1}", configs(ask(ada, HttpMethod.GET, "/cloud-save/load", null)));
    assertEquals(200, ask(ada, HttpMethod.DELETE, "/cloud-save/delete", null).statusCode());
  }

  @Test
  void whatIsTooLargeIsRefused() {
    String most = "{'a':'" + "x".repeat((1 << 20) - 8) + "'}";
    saved(ada, "", most, "created");
    assertEquals(1 << 20, configs(load(ada, "")).length());
    String before = state();
    JsonObject large = refused(save(ada, "", most.replace("'a'", "'ab'")), 413, "SAVE_TOO_LARGE");
    assertEquals(1 << 20, large.getInteger("limit"));
    assertEquals((1 << 20) + 1, large.getInteger("size"));
    assertEquals(before, state());
    JsonObject conflict =
        refused(save(elsewhere, "'baseVersion':9", "{'b':1}"), 409, "SYNC_CONFLICT");
    assertEquals(2, conflict.getJsonArray("diff").size());
    String other = "{'b':'" + "y".repeat((1 << 20) - 8) + "'}";
    refused(save(elsewhere, "'baseVersion':0,'strategy':'merge'", other), 413, "SAVE_TOO_LARGE");
    assertEquals(before, state());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{'slot':'s','configs':{'a':NaN}}",
        "{'slot':'s','configs':{'a':1,'a':2}}",
        "{'slot':'s','configs':{},'configs':{}}",
        "{'slot':'s','configs':'text'}",
        "{'slot':'s'}",
        "{'slot':'s','configs':{},'device':'\\u0000'}",
        "{'slot':'s','configs':{},'name':'a\\nb'}",
        "{'slot':'../s','configs':{}}",
        "{'slot':'a/b','configs':{}}",
        "{'slot':'a\\\\b','configs':{}}",
        "{'slot':'..','configs':{}}",
        "{'slot':' a','configs':{}}",
        "{'slot':'','configs':{}}",
        "{'slot':'s','configs':{},'baseVersion':-1}",
        "{'slot':'s','configs':{},'strategy':'guess'}",
        "{'slot':'s','configs':{},'more':1}",
      })
  void whatBreaksTheContractChangesNothing(String body) {
    String before = state();
    Buffer bytes = Buffer.buffer(body.replace('\'', '"'));
    refused(ask(ada, HttpMethod.POST, SAVE, bytes), 400, "VALIDATION_ERROR");
    assertEquals(before, state());
  }

  @Test
  void neitherDoesWhatIsNoText() {
    String before = state();
    Buffer deep = body("", "[".repeat(100) + "]".repeat(100));
    refused(ask(ada, HttpMethod.POST, SAVE, deep), 400, "VALIDATION_ERROR");
    Buffer broken = Buffer.buffer("{\"slot\":\"s\",\"configs\":{\"a\":\"").appendByte((byte) 0xC3);
    refused(ask(ada, HttpMethod.POST, SAVE, broken.appendString("\"}}")), 400, "VALIDATION_ERROR");
    assertEquals(before, state());
    saved(ada, "", "[".repeat(99) + "]".repeat(99), "created");
  }

  @ParameterizedTest
  @CsvSource({"a%2Fb", "%2E%2E", "a%5Cb", "a%00b", "%20a"})
  void slotsInTheQueryAreNamesToo(String name) {
    refused(
        ask(ada, HttpMethod.GET, "/cloud-save/load?slot=" + name, null), 400, "VALIDATION_ERROR");
    refused(
        ask(ada, HttpMethod.DELETE, "/cloud-save/delete?slot=" + name, null),
        400,
        "VALIDATION_ERROR");
  }

  @Test
  void otherMachinesHearOfIt() {
    JsonObject own = new JsonObject().put("userId", ada.user.getString("id"));
    try (Talker socket = Talker.open(gateway.port(), "/api/ws", elsewhere.accessToken)) {
      socket.say("SUBSCRIBE", own).hear("SUBSCRIBED");
      load(elsewhere, "");
      JsonObject saved = saved(ada, "'device':'desk'", "{'a':1}", "created");
      JsonObject heard = socket.hear("SAVE_CHANGED");
      assertEquals(slot, heard.getString("slot"));
      assertEquals("created", heard.getString("status"));
      assertEquals("desk", heard.getString("device"));
      assertEquals(saved.getString("etag"), heard.getString("etag"));
      assertEquals(saved.getString("savedAt"), heard.getString("savedAt"));
      assertEquals(1, heard.getInteger("version"));
      saved(ada, "", "{'a':1}", "unchanged");
      refused(save(ada, "'baseVersion':7", "{'a':2}"), 409, "SYNC_CONFLICT");
      for (int i = 2; i < 30; i++) {
        saved(ada, "", "{'a':%d}".formatted(i), "saved");
        assertEquals(i, socket.hear("SAVE_CHANGED").getInteger("version"));
        assertEquals(i, load(elsewhere, "").bodyAsJsonObject().getInteger("version"));
      }
      delete(ada, "");
      assertEquals("deleted", socket.hear("SAVE_CHANGED").getString("status"));
    }
  }

  @Test
  void aRepeatWithTheSameKeyIsAnsweredTheSame() {
    saved(ada, "", "{'a':1}", "created");
    Buffer body = body("'baseVersion':1,'strategy':'merge'", "{'a':1,'b':1}");
    String key = UUID.randomUUID().toString();
    HttpResponse<Buffer> first = ask(ada, HttpMethod.POST, SAVE, body, "Idempotency-Key", key);
    ok(first, "saved");
    saved(ada, "'baseVersion':2", "{'a':2}", "saved");
    HttpResponse<Buffer> again = ask(ada, HttpMethod.POST, SAVE, body, "Idempotency-Key", key);
    assertEquals("true", again.getHeader("Idempotent-Replayed"));
    assertEquals(first.body(), again.body());
    assertEquals(first.getHeader("ETag"), again.getHeader("ETag"));
    assertEquals(3, load(ada, "").bodyAsJsonObject().getInteger("version"));
    String stale = UUID.randomUUID().toString();
    Buffer refusedBody = body("'baseVersion':1", "{'a':1.10}");
    for (int i = 0; i < 2; i++) {
      JsonObject conflict =
          refused(
              ask(ada, HttpMethod.POST, SAVE, refusedBody, "Idempotency-Key", stale),
              409,
              "SYNC_CONFLICT");
      assertEquals(3, conflict.getJsonObject("server").getInteger("version"));
    }
  }

  @Test
  void aSaveThatIsPutOffIsTheSame() {
    HttpResponse<Buffer> later =
        ask(ada, HttpMethod.POST, SAVE, body("", "{ 'a' : 1.00 }"), "Prefer", "respond-async");
    assertEquals(202, later.statusCode(), later.bodyAsString());
    String job = "/jobs/" + later.bodyAsJsonObject().getString("id");
    gateway.until(
        "it is done", () -> ada.get(job).bodyAsJsonObject().getString("state").equals("succeeded"));
    JsonObject result = ada.get(job).bodyAsJsonObject().getJsonObject("result");
    assertEquals(201, result.getInteger("status"));
    assertEquals("created", result.getJsonObject("body").getString("status"));
    assertEquals("{ \"a\" : 1.00 }", configs(load(ada, "")));
  }

  /** The id of a device that has saved in the slot. */
  private String saveAs(String device) {
    Buffer body = body("", "{'of':'device'}");
    ok(ask(null, HttpMethod.POST, "/cloud/save", body, "X-Device-Id", device), "created");
    return device;
  }

  private HttpResponse<Buffer> at(String device, HttpMethod method, String uri) {
    return ask(null, method, uri, null, "X-Device-Id", device);
  }

  private static HttpResponse<Buffer> claim(Person person, String device) {
    return ask(person, HttpMethod.POST, "/cloud-save/claim", null, "X-Device-Id", device);
  }

  @Test
  void whatADeviceHasLeftForLongIsNotKept() {
    String left = saveAs(device());
    String kept = saveAs(device());
    sql.update("BEGIN"); // or the gateway sweeps first
    sql.update(
        "UPDATE saves SET saved_at = now() - interval '366 days'"
            + " WHERE id = (SELECT min(id) FROM saves WHERE slot = ?)",
        slot);
    assertEquals(List.of("1"), sql.rows("SELECT sweep_devices(interval '365 days', 10)"));
    sql.update("COMMIT");
    String uri = "/cloud/load?slot=" + slot;
    refused(at(left, HttpMethod.GET, uri), 404, "SAVE_NOT_FOUND");
    assertEquals(200, at(kept, HttpMethod.GET, uri).statusCode());
  }

  @Test
  void aDeviceSavesWithItsIdAlone() {
    String device = saveAs(device());
    String spelled = device.replace("-", "").toUpperCase(Locale.ROOT);
    HttpResponse<Buffer> loaded = at(spelled, HttpMethod.GET, "/cloud/load?slot=" + slot);
    assertEquals("{\"of\":\"device\"}", configs(loaded));
    assertEquals("no-store", loaded.getHeader("Cache-Control"));
    Buffer next = body("", "{'n':2}");
    ok(ask(null, HttpMethod.POST, "/cloud/save", next, "X-Device-Id", device), "saved");
    Buffer stale = body("'baseVersion':1", "{'n':3}");
    refused(
        ask(null, HttpMethod.POST, "/cloud/save", stale, "X-Device-Id", device),
        409,
        "SYNC_CONFLICT");
    JsonObject list = at(device, HttpMethod.GET, "/cloud/list").bodyAsJsonObject();
    assertEquals(1, list.getJsonArray("saves").size());
    assertFalse(list.encode().toLowerCase().contains(device.substring(0, 8)), list.encode());
    refused(at(device(), HttpMethod.GET, "/cloud/load?slot=" + slot), 404, "SAVE_NOT_FOUND");
    assertEquals(
        0,
        at(device(), HttpMethod.GET, "/cloud/list")
            .bodyAsJsonObject()
            .getJsonArray("saves")
            .size());
    refused(
        at(device, HttpMethod.DELETE, "/cloud/delete?baseVersion=1&slot=" + slot),
        409,
        "SYNC_CONFLICT");
    assertEquals(200, at(device, HttpMethod.DELETE, "/cloud/delete?slot=" + slot).statusCode());
    refused(at(device, HttpMethod.DELETE, "/cloud/delete?slot=" + slot), 404, "SAVE_NOT_FOUND");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0123456789abcdef0123456789abcde",
        "0123456789abcdef0123456789abcdef0",
        "0123456789abcdef0123456789abcdeg",
        "00000000000000000000000000000000",
        "0123456789abcdef0123456789abcdef",
        "00112233445566778899aabbccddeeff",
        "01234567-89ab-4cde-8f01-23456789abcd",
        "12121212-1212-4212-9212-121212121212",
        "01234567-89ab-1def-8123-456789abcdef",
        "my-laptop",
      })
  void whatIsNoDeviceIdIsRefusedAndNotSaidAgain(String id) {
    HttpResponse<Buffer> answer = at(id, HttpMethod.GET, "/cloud/list");
    refused(answer, 400, "VALIDATION_ERROR");
    assertFalse(answer.bodyAsString().contains(id), answer.bodyAsString());
    refused(claim(ada, id), 400, "VALIDATION_ERROR");
    assertEquals(400, ask(null, HttpMethod.GET, "/cloud/list", null).statusCode());
  }

  @Test
  void devicesOfOneAddressHaveKeysOfTheirOwn() {
    for (int i = 0; i < 2; i++) {
      Buffer body = body("", "{'device':%d}".formatted(i));
      String[] headers = {"X-Device-Id", device(), "Idempotency-Key", "save-1"};
      ok(ask(null, HttpMethod.POST, "/cloud/save", body, headers), "created");
    }
  }

  @Test
  void overASocketItIsKeptAsItIsWritten() {
    String configs = "{ \"n\" : 1.00,\"e\":1e2,\"big\":12345678901234567890.1234567890 }";
    try (Talker socket = Talker.open(gateway.port(), "/ws", ada.accessToken)) {
      String save =
          "{\"type\":\"CALL\",\"requestId\":\"1\",\"payload\":{\"operation\":\"saveCloud\",\"body\":"
              + "{\"slot\":\"%s\",\"configs\":%s}}}".formatted(slot, configs);
      assertEquals(201, socket.frame(save).hear("REPLY").getInteger("status"));
      assertEquals(configs, configs(load(ada, "")));
      JsonObject params = new JsonObject().put("slot", slot);
      JsonObject load = new JsonObject().put("operation", "loadCloud").put("params", params);
      String told = socket.say("CALL", "2", load).frame().text();
      assertTrue(told.contains("\"configs\":" + configs), told);
    }
  }

  @Test
  void aDeviceIdIsKeptNowhere() {
    String device = saveAs(device());
    String key = UUID.randomUUID().toString();
    Buffer body = body("'baseVersion':9", "{'a':1}");
    ask(null, HttpMethod.POST, "/cloud/save", body, "X-Device-Id", device, "Idempotency-Key", key);
    String digits = device.replace("-", "");
    byte[] bytes = HexFormat.of().parseHex(digits);
    for (String table :
        sql.rows(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                + " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")) {
      for (String row : sql.rows("SELECT t::text FROM " + table + " t")) {
        for (String form :
            new String[] {
              device, digits, Base64.getEncoder().encodeToString(bytes).replace("==", "")
            }) {
          assertFalse(row.toLowerCase().contains(form.toLowerCase()), table + ": " + row);
        }
        assertFalse(row.contains(HexFormat.of().formatHex(device.getBytes())), table);
      }
    }
    assertFalse(gateway.get("/metrics").bodyAsString().contains(digits));
  }

  @Test
  void aDevicesSavesAreMovedIntoAnAccount() {
    slot = "mine";
    saved(ada, "", "{'of':'ada'}", "created");
    String device = saveAs(device());
    Buffer next = body("", "{'of':'device','n':2}");
    ok(ask(null, HttpMethod.POST, "/cloud/save", next, "X-Device-Id", device), "saved");
    slot = "other";
    saveAs(device);
    slot = "deleted";
    saveAs(device);
    at(device, HttpMethod.DELETE, "/cloud/delete?slot=deleted");
    HttpResponse<Buffer> answer = claim(ada, device);
    assertEquals(200, answer.statusCode(), answer.bodyAsString());
    assertEquals(
        "[{\"slot\":\"mine\",\"as\":\"mine 2\",\"version\":2},"
            + "{\"slot\":\"other\",\"as\":\"other\",\"version\":1}]",
        answer.bodyAsJsonObject().getJsonArray("claimed").encode());
    slot = "mine 2";
    assertEquals("{\"of\":\"device\",\"n\":2}", configs(load(ada, "")));
    assertEquals("{\"of\":\"device\"}", configs(load(ada, "&version=1")));
    slot = "mine";
    assertEquals("{\"of\":\"ada\"}", configs(load(ada, "")));
    assertEquals(
        0,
        at(device, HttpMethod.GET, "/cloud/list").bodyAsJsonObject().getJsonArray("saves").size());
    assertEquals("[]", claim(ada, device).bodyAsJsonObject().getJsonArray("claimed").encode());
    Buffer anew = body("", "{'of':'device'}");
    JsonObject again =
        ok(ask(null, HttpMethod.POST, "/cloud/save", anew, "X-Device-Id", device), "created");
    assertEquals(3, again.getInteger("version"), "what the device knew of is not this");
  }

  @Test
  void longNamesStayShortEnough() {
    slot = "x".repeat(64);
    saved(ada, "", "{}", "created");
    JsonObject claimed =
        claim(ada, saveAs(device())).bodyAsJsonObject().getJsonArray("claimed").getJsonObject(0);
    assertEquals("x".repeat(62) + " 2", claimed.getString("as"));
  }

  @Test
  void whatIsInTheDatabaseIsSmall() {
    saved(ada, "", "{'a':'" + "scene ".repeat(10_000) + "'}", "created");
    String kept =
        sql.rows(
                "SELECT octet_length(content) FROM save_versions v JOIN saves s ON s.id = v.save WHERE slot = ?",
                slot)
            .get(0);
    assertTrue(Integer.parseInt(kept) < 2_000, kept + " bytes of 60,000");
  }

  @Test
  void aKnownSaveIsNotSentAgain() {
    String etag = saved(ada, "", "{'a':1}", "created").getString("etag");
    String uri = "/cloud-save/load?slot=" + slot;
    for (int i = 0; i < 3; i++) {
      HttpResponse<Buffer> same = ask(ada, HttpMethod.GET, uri, null, "If-None-Match", etag);
      assertEquals(304, same.statusCode());
    }
    saved(ada, "", "{'a':2}", "saved");
    assertEquals(200, ask(ada, HttpMethod.GET, uri, null, "If-None-Match", etag).statusCode());
  }

  @Test
  void whoIsForgottenLeavesNothing() {
    Person eve = Person.signedIn(gateway, "eve@example.com");
    saved(eve, "", "{}", "created");
    slot = "another";
    saved(eve, "", "{}", "created");
    delete(eve, "");
    String owner = "user:" + eve.user.getString("id");
    JsonObject said = eve.send(HttpMethod.DELETE, "/users/me", null).bodyAsJsonObject();
    assertTrue(said.encode().contains("\"saves\":2"), said.encode());
    assertEquals(List.of(), sql.rows("SELECT 1 FROM saves WHERE owner = ?", owner));
  }

  /** Whoever has waited for a slot that was deleted meanwhile must not hold up the others. */
  @Test
  void savesAndDeletesAtOnceDoNotWaitForEachOtherForEver() {
    List<Future<HttpResponse<Buffer>>> all = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      boolean delete = i % 2 == 1;
      List<String> headers = new ArrayList<>(List.of("Authorization", "Bearer " + ada.accessToken));
      if (!delete) headers.addAll(List.of("Content-Type", "application/json"));
      all.add(
          gateway.sendAsync(
              delete ? HttpMethod.DELETE : HttpMethod.POST,
              delete ? "/cloud-save/delete?slot=" + slot : SAVE,
              delete ? null : body("'strategy':'overwrite'", "{'n':%d}".formatted(i)),
              headers.toArray(String[]::new)));
    }
    for (Future<HttpResponse<Buffer>> one : all) {
      int status = RunningGateway.await(one).statusCode();
      assertTrue(List.of(200, 201, 404).contains(status), one.result().bodyAsString());
    }
  }

  @Test
  void manyAtOnceAreAllThereOrRefused() {
    saved(ada, "", "{}", "created");
    List<Future<HttpResponse<Buffer>>> all = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      all.add(
          gateway.sendAsync(
              HttpMethod.POST,
              SAVE,
              body("'baseVersion':1,'strategy':'merge'", "{'n%d':1}".formatted(i)),
              "Authorization",
              "Bearer " + ada.accessToken,
              "Content-Type",
              "application/json"));
    }
    RunningGateway.await(Future.all(all));
    JsonObject there = load(ada, "").bodyAsJsonObject();
    int merged = 0;
    for (int i = 0; i < 30; i++) {
      int status = all.get(i).result().statusCode();
      assertEquals(status == 200, there.getJsonObject("configs").containsKey("n" + i), "" + i);
      assertTrue(status == 200 || status == 409, all.get(i).result().bodyAsString());
      if (status == 200) merged++;
    }
    assertEquals(merged + 1, there.getInteger("version"));
    assertTrue(merged >= 5, merged + " of 30"); // who gives up has lost five times, to others
  }
}
