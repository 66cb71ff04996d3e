package dev.sluice;

import static dev.sluice.harness.Wire.frame;
import static dev.sluice.harness.Wire.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.conf.FileWatch;
import dev.sluice.harness.Ledger;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Wire;
import dev.sluice.identity.Person;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sockets that the gateway ends: who may open them, calls in their frames, and how they end. */
class SocketsIT {
  private static final Ledger ledger = new Ledger();
  private static RunningGateway gateway;
  private static Person ada;

  @BeforeAll
  static void start() {
    gateway =
        new RunningGateway(
            Map.of("SLUICE_APPS", "identity,traffic,realtime,studio,notebook,ledger"),
            """
            server: { cors: { origins: ["https://app.example"] } }
            sockets:
              { maxFrame: 64KiB, maxMessage: 128KiB, heartbeat: 300ms, idleTimeout: 8s, messages: 100,
                burst: 100, calls: 5, outbox: 64KiB, closing: 1s }
            """,
            List.of(ledger));
    ada = Person.signedIn(gateway, "ada@example.com");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"header", "protocol", "query"})
  void theTokenComesInThreeWays(String way) throws IOException {
    try (Wire wire = new Wire(gateway.port())) {
      String token = ada.accessToken;
      switch (way) {
        case "header" -> wire.ask("/ws", "Authorization: Bearer " + token + "\r\n");
        case "protocol" -> wire.ask("/ws", "Sec-WebSocket-Protocol: bearer, " + token + "\r\n");
        default -> wire.ask("/ws?token=" + token, "");
      }
      String head = wire.head();
      assertTrue(head.startsWith("HTTP/1.1 101 Switching Protocols\r\n"), head);
      assertTrue(head.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), head);
      assertEquals(way.equals("protocol"), head.contains("sec-websocket-protocol: bearer\r\n"));
      assertFalse(head.contains(token));
      JsonObject me = say(wire, call("1", "getMe"));
      assertEquals("REPLY", me.getString("type"));
      assertEquals("1", me.getString("requestId"));
      assertEquals("1.0", me.getString("version"));
      JsonObject payload = me.getJsonObject("payload");
      assertEquals(200, payload.getInteger("status"));
      assertTrue(payload.encode().contains("ada@example.com"), payload.encode());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', 401",
    "'Authorization: Bearer x\r\n', 401",
    "'Origin: https://evil.example\r\n', 403"
  })
  void whoMayNotIsRefusedBeforeTheUpgrade(String fields, int status) throws IOException {
    try (Wire wire = new Wire(gateway.port()).ask("/ws", fields)) {
      assertTrue(wire.head().startsWith("HTTP/1.1 " + status), fields);
    }
  }

  @Test
  void whatIsNoHandshakeIsRefused() {
    var plain = gateway.send(HttpMethod.GET, "/ws", null);
    assertEquals(426, plain.statusCode());
    assertEquals("websocket", plain.getHeader("Upgrade"));
    assertEquals("UPGRADE_REQUIRED", RunningGateway.error(plain).getString("code"));
  }

  /** One that was refused goes on as HTTP, with what was sent behind it. */
  @Test
  void aRefusedOneGoesOnAsHttp() throws IOException {
    byte[] next = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    try (Wire wire = new Wire(gateway.port()).ask("/ws", "", next)) {
      assertTrue(wire.head().startsWith("HTTP/1.1 401"));
      String rest = wire.head();
      assertTrue(rest.contains("HTTP/1.1 200 OK"), rest);
    }
  }

  @Test
  void framesThatComeWithTheHandshakeAreHeard() throws IOException {
    byte[] frame = text(call("early", "getMe").encode());
    try (Wire wire = new Wire(gateway.port())) {
      wire.ask("/ws", "Authorization: Bearer " + ada.accessToken + "\r\n", frame, ping());
      assertTrue(wire.head().startsWith("HTTP/1.1 101"));
      List<Integer> kinds = List.of(next(wire).first(), next(wire).first());
      assertEquals(List.of(0x81, 0x8A), kinds.stream().sorted().toList());
    }
  }

  @Test
  void callsPassTheSameGuards() throws IOException {
    try (Wire wire = open("/ws")) {
      JsonObject forbidden = say(wire, call("a", "listUsers"));
      assertEquals("ERROR", forbidden.getString("type"));
      assertEquals("FORBIDDEN", forbidden.getJsonObject("payload").getString("code"));
      JsonObject invalid = say(wire, call("b", "getClips"));
      assertEquals("VALIDATION_ERROR", invalid.getJsonObject("payload").getString("code"));
      JsonObject clips =
          say(wire, call("c", "getClips").put("params", new JsonObject().put("channel", "ninja")));
      assertEquals(
          20, clips.getJsonObject("payload").getJsonObject("body").getJsonArray("data").size());
      JsonObject posted =
          say(
              wire,
              call("d", "addNote")
                  .put("params", new JsonObject().put("book", "x"))
                  .put("body", new JsonObject().put("text", "hällo")));
      assertEquals(
          "hällo", posted.getJsonObject("payload").getJsonObject("body").getString("text"));
    }
  }

  @Test
  void aKeyMakesACallSafeToRepeat() throws IOException {
    try (Wire wire = open("/ws")) {
      JsonObject entry = new JsonObject().put("note", "x");
      JsonObject keyed = call("a", "addStrictly").put("body", entry);
      assertEquals("IDEMPOTENCY_KEY_REQUIRED", code(say(wire, keyed)));
      keyed.put("idempotencyKey", "one");
      JsonObject first = say(wire, keyed).getJsonObject("payload");
      int runs = ledger.runs.get();
      JsonObject again = say(wire, keyed.copy().put("requestId", "b")).getJsonObject("payload");
      assertEquals(first.getValue("body"), again.getValue("body"), first.encode());
      assertEquals("true", again.getJsonObject("headers").getString("idempotent-replayed"));
      assertEquals(runs, ledger.runs.get());
      assertEquals("IDEMPOTENCY_KEY_INVALID", code(say(wire, keyed.put("idempotencyKey", "a b"))));
      assertEquals("VALIDATION_ERROR", code(say(wire, keyed.put("idempotencyKey", 7))));
    }
  }

  @Test
  void theOtherFormIsTypeAndData() throws IOException {
    try (Wire wire = open("/api/ws")) {
      JsonObject said = new JsonObject().put("operation", "getMe");
      JsonObject me =
          say(wire, new JsonObject().put("type", "CALL").put("requestId", "1").put("data", said));
      assertEquals(Set.of("type", "data", "requestId"), me.fieldNames());
      assertEquals(200, me.getJsonObject("data").getInteger("status"));
      JsonObject pong = say(wire, new JsonObject().put("type", "PING"));
      assertEquals(new JsonObject().put("type", "PONG").put("data", new JsonObject()), pong);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"type\":\"CAL\"}|UNKNOWN_TYPE|did you mean \"CALL\"",
        "{\"type\":\"CALL\",\"operation\":\"getMe\"}|VALIDATION_ERROR|requestId: is missing",
        "{\"type\":\"CALL\",\"requestId\":\"1\"}|VALIDATION_ERROR|operation: is missing",
        "{\"type\":\"CALL\",\"requestId\":7,\"operation\":\"getMe\"}|VALIDATION_ERROR|requestId: must be",
        "{\"type\":\"CALL\",\"requestId\":\"1\",\"operation\":\"gone\"}|NOT_FOUND|no operation gone",
        "{\"type\":\"CALL\",\"requestId\":\"1\",\"operation\":\"getMe\",\"params\":[]}|VALIDATION_ERROR|params: must be",
        "{\"type\":\"CALL\",\"requestId\":\"1\",\"operation\":\"socket\"}|NOT_OVER_SOCKETS|over HTTP alone",
        "{\"type\":\"CALL\",\"requestId\":\"1\",\"operation\":\"refresh\"}|NOT_OVER_SOCKETS|cookies",
        "{\"type\":\"CALL\",\"payload\":7}|VALIDATION_ERROR|payload: must be",
        "{\"type\":7}|VALIDATION_ERROR|type: is missing",
        "{\"type\":\"CALL\",\"requestId\":\"1\",\"operation\":\"getMe\",\"parms\":{}}|VALIDATION_ERROR|did you mean \"params\"",
        "{\"type\":\"CALL\",\"requestId\":\"1\",\"operation\":\"getMe\",\"prefer\":\"x\"}|VALIDATION_ERROR|must be respond-async",
        "{}|VALIDATION_ERROR|type: is missing",
        "[]|VALIDATION_ERROR|frame: must be",
        "{|VALIDATION_ERROR|is not valid JSON",
        "{\"type\":\"PING\",\"type\":\"CALL\"}|VALIDATION_ERROR|is there twice",
      })
  void whatCannotBeDoneIsSaidAndTheSessionGoesOn(String frame, String code, String message)
      throws IOException {
    try (Wire wire = open("/ws")) {
      wire.send(text(frame));
      JsonObject error = json(wire);
      assertEquals("ERROR", error.getString("type"));
      JsonObject payload = error.getJsonObject("payload");
      assertEquals(code, payload.getString("code"));
      assertTrue(payload.getString("message").contains(message), payload.encode());
      assertEquals("PONG", say(wire, new JsonObject().put("type", "PING")).getString("type"));
    }
  }

  @Test
  void callsUnderWayAreBoundedAndCanBeTakenBack() throws IOException {
    try (Wire wire = open("/ws")) {
      for (int i = 0; i < 5; i++) wire.send(text(call("n" + i, "getNever").encode()));
      assertEquals("TOO_MANY_CALLS", code(say(wire, call("n5", "getNever"))));
      assertEquals("REQUEST_ID_IN_USE", code(say(wire, call("n0", "getNever"))));
      wire.send(text(new JsonObject().put("type", "CANCEL").put("requestId", "n3").encode()));
      JsonObject cancelled = json(wire);
      assertEquals("n3", cancelled.getString("requestId"));
      assertEquals("CANCELLED", code(cancelled));
    }
  }

  static List<byte[]> broken() {
    return List.of(
        bytes(0x81, 0x00), // no mask
        frame(0x83, new byte[0]),
        frame(0xC1, new byte[] {1}), // compressed, which was not agreed to
        frame(0x09, new byte[0]),
        frame(0x80, new byte[0]));
  }

  @Test
  void whoBreaksTheProtocolIsToldHowAndDisconnected() throws IOException {
    for (byte[] bad : broken()) {
      try (Wire wire = open("/ws")) {
        assertEquals(1002, next(wire.send(bad)).code(), Arrays.toString(bad));
        assertTrue(wire.ended());
      }
    }
    try (Wire wire = open("/ws")) {
      assertEquals(1007, next(wire.send(frame(0x81, bytes(0xC3, 0x28)))).code());
      assertTrue(wire.ended());
    }
    try (Wire wire = open("/ws")) {
      assertEquals(1009, next(wire.send(text("x".repeat(70_000)))).code());
      assertTrue(wire.ended());
    }
    try (Wire wire = open("/ws")) {
      assertEquals(1003, next(wire.send(frame(0x82, bytes(1)))).code());
      assertTrue(wire.send(frame(0x88, bytes(3, 0xEB))).ended());
    }
  }

  @Test
  void aGoodbyeIsAnsweredAndTheConnectionEnds() throws IOException {
    try (Wire wire = open("/ws")) {
      assertEquals(4000, next(wire.send(frame(0x88, bytes(0x0F, 0xA0, 'x')))).code());
      assertTrue(wire.ended());
    }
    try (Wire wire = open("/ws")) {
      assertEquals(1005, next(wire.send(frame(0x88, new byte[0]))).code());
      assertTrue(wire.ended());
    }
  }

  @Test
  void messagesAreCompressedWhereThatIsAgreedTo() throws IOException {
    try (Wire wire = new Wire(gateway.port())) {
      wire.ask(
          "/ws",
          "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nAuthorization:"
              + " Bearer "
              + ada.accessToken
              + "\r\n");
      assertTrue(wire.head().contains("sec-websocket-extensions: permessage-deflate;"));
      JsonObject asked =
          call("1", "getClips").put("params", new JsonObject().put("channel", "ninja"));
      Wire.Frame answer = next(wire.send(text(asked.encode())));
      assertEquals(0xC1, answer.first());
      assertTrue(answer.payload().length < 20_000, "of some 13 KB " + answer.payload().length);
    }
  }

  @Test
  void whoIsSilentIsAskedAndThenGivenUp() throws IOException {
    try (Wire wire = open("/ws")) {
      assertEquals(0x89, wire.frame().first());
      int first;
      Wire.Frame frame;
      do {
        frame = wire.frame();
        first = frame.first();
      } while (first == 0x89);
      assertEquals(4408, frame.code());
    }
  }

  @Test
  void whoSendsTooMuchIsToldAndThenDisconnected() throws IOException {
    try (Wire wire = open("/ws")) {
      ByteArrayOutputStream flood = new ByteArrayOutputStream();
      for (int i = 0; i < 3000; i++) flood.writeBytes(text("{\"type\":\"PING\"}"));
      wire.send(flood.toByteArray());
      int pongs = 0;
      int refused = 0;
      Wire.Frame frame = wire.frame();
      for (; frame.first() != 0x88; frame = wire.frame()) {
        if (frame.text().contains("PONG")) pongs++;
        else if (frame.text().contains("RATE_LIMIT_EXCEEDED")) refused++;
      }
      assertTrue(pongs >= 100 && pongs < 2000, "answered " + pongs);
      assertTrue(refused >= 100, "refused " + refused);
      assertEquals(4429, frame.code());
    }
  }

  /** One that goes on with a new token outlives the old one; another user's is refused. */
  @Test
  void aTokenCanBeRenewed() throws IOException {
    Person eve = Person.signedIn(gateway, "renewing@example.com");
    try (Wire wire = new Wire(gateway.port())) {
      wire.ask("/ws", "Authorization: Bearer " + eve.accessToken + "\r\n");
      assertTrue(wire.head().startsWith("HTTP/1.1 101"));
      JsonObject connect = new JsonObject().put("type", "CONNECT").put("requestId", "1");
      assertEquals("FORBIDDEN", code(say(wire, connect.copy().put("token", ada.accessToken))));
      assertEquals("UNAUTHORIZED", code(say(wire, connect.copy().put("token", "x"))));
      assertEquals("VALIDATION_ERROR", code(say(wire, connect.copy().put("token", 7))));
      String old = eve.accessToken;
      assertEquals(200, eve.refresh().statusCode());
      JsonObject said = say(wire, connect.copy().put("token", eve.accessToken));
      assertEquals("CONNECTED", said.getString("type"));
      eve.post("/auth/revoke", new JsonObject().put("token", old));
      assertEquals("REPLY", say(wire, call("2", "getMe")).getString("type"));
      eve.post("/auth/revoke", new JsonObject().put("token", eve.accessToken));
      Wire.Frame frame;
      do {
        frame = wire.frame();
      } while (frame.first() != 0x88);
      assertEquals(4401, frame.code());
    }
  }

  @Test
  void aRevokedTokenEndsTheSession() throws IOException {
    Person eve = Person.signedIn(gateway, "eve@example.com");
    try (Wire wire = new Wire(gateway.port())) {
      wire.ask("/ws", "Authorization: Bearer " + eve.accessToken + "\r\n");
      assertTrue(wire.head().startsWith("HTTP/1.1 101"));
      assertEquals("REPLY", say(wire, call("1", "getMe")).getString("type"));
      eve.post("/auth/revoke", new JsonObject().put("token", eve.accessToken));
      Wire.Frame frame;
      do {
        frame = wire.frame();
      } while (frame.first() != 0x88);
      assertEquals(4401, frame.code());
    }
  }

  /** It goes on, and calls what there is by then. */
  @Test
  void aSocketOutlivesAReload() throws IOException {
    Map<String, String> settings = Map.of("SLUICE_APPS", "identity,traffic,realtime,notebook");
    try (RunningGateway changing = new RunningGateway(settings)) {
      Reloader.Source source =
          () -> Loaded.of(changing.file(), changing.environment(), Map.of(), List.of());
      FileWatch files = new FileWatch(() -> List.of(changing.file()));
      Loaded before = source.load();
      Reloader reloader = new Reloader(changing.gateway(), before, source, files, changing::mounts);
      Person bob = Person.signedIn(changing, "bob@example.com");
      try (Wire wire = new Wire(changing.port())) {
        wire.ask("/ws", "Authorization: Bearer " + bob.accessToken + "\r\n");
        assertTrue(wire.head().startsWith("HTTP/1.1 101"));
        JsonObject clips =
            call("1", "getClips").put("params", new JsonObject().put("channel", "ninja"));
        assertEquals("NOT_FOUND", code(say(wire, clips)));
        changing.environment().put("SLUICE_APPS", "identity,traffic,realtime,notebook,studio");
        ControlSocket.Outcome outcome = reloader.reload("the test");
        assertTrue(outcome.succeeded(), outcome.text());
        assertEquals("REPLY", say(wire, clips).getString("type"));
      }
    }
  }

  @Test
  void aGatewayThatGoesAwaySaysSo() throws IOException {
    RunningGateway leaving = new RunningGateway(Map.of("SLUICE_APPS", "identity,realtime"));
    Person bob = Person.signedIn(leaving, "bob@example.com");
    try (Wire wire = new Wire(leaving.port())) {
      wire.ask("/ws", "Authorization: Bearer " + bob.accessToken + "\r\n");
      assertTrue(wire.head().startsWith("HTTP/1.1 101"));
      assertEquals("PONG", say(wire, new JsonObject().put("type", "PING")).getString("type"));
      assertTrue(leaving.get("/metrics").bodyAsString().contains("sockets_open 1.0"));
      Thread closing = new Thread(leaving::close);
      closing.start();
      assertEquals(1001, wire.frame().code());
      wire.send(frame(0x88, bytes(3, 0xE9)));
      assertTrue(wire.ended());
    }
  }

  private static Wire open(String path) throws IOException {
    Wire wire = new Wire(gateway.port());
    wire.ask(path, "Authorization: Bearer " + ada.accessToken + "\r\n");
    String head = wire.head();
    assertTrue(head.startsWith("HTTP/1.1 101"), head);
    return wire;
  }

  private static JsonObject call(String id, String operation) {
    return new JsonObject().put("type", "CALL").put("requestId", id).put("operation", operation);
  }

  private static JsonObject say(Wire wire, JsonObject frame) throws IOException {
    wire.send(text(frame.encode()));
    return json(wire);
  }

  /** The next frame that is no ping: one comes whenever a test has said nothing for 300 ms. */
  private static Wire.Frame next(Wire wire) throws IOException {
    Wire.Frame frame = wire.frame();
    while (frame.first() == 0x89) frame = wire.frame();
    return frame;
  }

  /** The next message. */
  private static JsonObject json(Wire wire) throws IOException {
    Wire.Frame frame = next(wire);
    assertEquals(0x81, frame.first(), frame.text());
    return new JsonObject(frame.text());
  }

  private static String code(JsonObject error) {
    return error.getJsonObject("payload").getString("code");
  }

  private static byte[] ping() {
    return frame(0x89, new byte[0]);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) bytes[i] = (byte) values[i];
    return bytes;
  }
}
