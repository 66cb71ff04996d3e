package dev.sluice.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlTest {

  @RegisterExtension static final RunningSandbox sandbox = new RunningSandbox();

  private static final String NINJA = "/users?login=ninja";

  @Test
  void theIndexListsOperationsAndEndpoints() {
    JsonObject index = sandbox.control("GET", "", null).json();
    assertTrue(
        index.getJsonObject("operations").getJsonArray("twitch").contains("get-followed-channels"));
    assertTrue(
        index.getJsonArray("endpoints").encode().contains("POST\",\"path\":\"/control/quota"));
  }

  @Test
  void unknownControlsAreRefusedWithAPointer() {
    Reply reply = sandbox.control("GET", "/nothing", null);
    assertEquals(404, reply.status());
    assertEquals("Unknown here; GET /control lists what there is", reply.message());
  }

  @Test
  void countsCallsByOperation() {
    String token = sandbox.appToken();
    sandbox.helix(token, NINJA);
    sandbox.helix(token, NINJA);
    sandbox.helix("wrong", "/games?id=33214");
    sandbox.helix(token, "/nothing");
    JsonObject calls = sandbox.calls();
    assertEquals(5, calls.getInteger("total"));
    JsonObject operations = calls.getJsonObject("operations");
    assertEquals(2, operations.getInteger("get-users"));
    assertEquals(1, operations.getInteger("get-games"));
    assertEquals(1, operations.getInteger("oauth-token"));
    assertEquals(1, operations.getInteger("unknown"));
    assertEquals(0, operations.getInteger("get-clips"));
    assertEquals(1, calls.getInteger("maxConcurrent"));
    JsonArray recent = sandbox.control("GET", "/calls", null).json().getJsonArray("recent");
    assertEquals("/helix/users?login=ninja", recent.getJsonObject(1).getString("uri"));
    assertEquals(401, recent.getJsonObject(3).getInteger("status"));
    assertEquals(204, sandbox.control("DELETE", "/calls", null).status());
    assertEquals(0, sandbox.calls().getInteger("total"));
  }

  @Test
  void aStatusFaultAnswersTheProvidersOwnErrorSoManyTimes() {
    String token = sandbox.appToken();
    sandbox.fault(
        new JsonObject().put("operation", "get-users").put("status", 503).put("times", 2));
    assertEquals(200, sandbox.helix(token, "/games?id=33214").status());
    for (int i = 0; i < 2; i++) {
      Reply reply = sandbox.helix(token, NINJA);
      assertEquals(503, reply.status());
      assertEquals("Service Unavailable", reply.json().getString("error"));
    }
    assertEquals(200, sandbox.helix(token, NINJA).status());
    assertEquals(3, sandbox.calls().getJsonObject("operations").getInteger("get-users"));
  }

  @Test
  void aFaultWithoutTimesLastsUntilItIsDeleted() {
    String token = sandbox.appToken();
    sandbox.fault(new JsonObject().put("status", 500));
    for (int i = 0; i < 5; i++) {
      assertEquals(500, sandbox.helix(token, NINJA).status());
    }
    assertEquals(500, sandbox.postForm("/oauth2/token", "").status());
    JsonArray listed = new JsonArray(sandbox.control("GET", "/faults", null).body());
    assertEquals(500, listed.getJsonObject(0).getInteger("status"));
    assertEquals(204, sandbox.control("DELETE", "/faults", null).status());
    assertEquals(200, sandbox.helix(token, NINJA).status());
  }

  @Test
  void aDelayComesBeforeTheRightAnswer() {
    String token = sandbox.appToken();
    sandbox.fault(new JsonObject().put("delayMs", 150));
    Instant start = Instant.now();
    assertEquals(200, sandbox.helix(token, NINJA).status());
    assertFalse(Duration.between(start, Instant.now()).toMillis() < 150);
  }

  @ParameterizedTest
  @CsvSource({"true", "body"})
  void aDroppedConnectionIsAnErrorAtTheClientAndNoAbort(String how) {
    String token = sandbox.appToken();
    Object drop = how.equals("body") ? how : Boolean.TRUE;
    sandbox.fault(new JsonObject().put("dropConnection", drop).put("operation", "get-users"));
    JsonArray listed = new JsonArray(sandbox.control("GET", "/faults", null).body());
    assertEquals(drop, listed.getJsonObject(0).getValue("dropConnection"));
    assertThrows(UncheckedIOException.class, () -> sandbox.helix(token, NINJA));
    JsonObject calls = sandbox.calls();
    assertTrue(calls.getJsonObject("operations").getInteger("get-users") >= 1);
    assertEquals(0, calls.getJsonObject("aborted").getInteger("get-users"));
    assertEquals(0, calls.getInteger("inFlight"));
  }

  @Test
  void garbageIsNoJson() {
    String token = sandbox.appToken();
    sandbox.fault(new JsonObject().put("garbage", true).put("times", 1));
    Reply reply = sandbox.helix(token, NINJA);
    assertEquals(200, reply.status());
    assertTrue(reply.body().startsWith("<html>"));
    sandbox.fault(new JsonObject().put("garbage", true).put("status", 502).put("times", 1));
    assertEquals(502, sandbox.helix(token, NINJA).status());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | Nothing to play",
        "{'status':500} | provider must be one of [twitch, google, microsoft, push, books]",
        "{'provider':'twich','status':500} | provider must be one of [twitch, google, microsoft, push, books]",
        "{'provider':'twitch','operation':'x','status':500} | operation of twitch must be one of",
        "{'provider':'twitch','stauts':500} | Unknown key 'stauts'. Valid keys: [provider,",
        "{'provider':'twitch'} | Nothing to play",
        "{'provider':'twitch','status':200} | status must be a whole number from 400 to 599",
        "{'provider':'twitch','status':'x'} | status must be a whole number",
        "{'provider':'twitch','delayMs':-1} | delayMs must be a whole number",
        "{'provider':'twitch','status':500,'times':0} | times must be a whole number from 1",
        "{'provider':'twitch','garbage':1} | garbage must be true or false",
        "{'provider':7,'status':500} | provider must be a string",
        "{'provider':'twitch','dropConnection':'head'} | dropConnection must be",
        "{'provider':'twitch','dropConnection':true,'status':500} | dropConnection true sends no",
        "[] | The body must be a JSON object",
        "nonsense | The body must be a JSON object",
      })
  void aFaultThatCannotBePlayedIsRefused(String body, String message) {
    Reply reply = sandbox.send("POST", "/control/faults", body.replace('\'', '"'));
    assertEquals(400, reply.status());
    assertTrue(reply.message().startsWith(message), reply.message());
    assertEquals("[]", sandbox.control("GET", "/faults", null).body());
  }

  @Test
  void anActionNamesItsProvider() {
    Reply reply = sandbox.control("POST", "/quota", new JsonObject().put("capacity", 1));
    assertEquals(400, reply.status());
    assertEquals("provider must be one of [twitch]", reply.message());
  }
}
