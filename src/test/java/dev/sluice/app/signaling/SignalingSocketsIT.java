package dev.sluice.app.signaling;

import static dev.sluice.app.signaling.SignalingIT.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.harness.Wire;
import dev.sluice.identity.Person;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Rooms over sockets, on two nodes: one that waits long for silent peers, and one that does not.
 */
class SignalingSocketsIT {
  private static final Map<String, String> SETTINGS =
      Map.of("SLUICE_APPS", "identity,realtime,signaling", "SLUICE_STORE_REDISTIMEOUT", "1s");
  private static final String PATIENT = "signaling: { heartbeat: 10m, perUser: 200 }";
  private static final String QUICK = "signaling: { heartbeat: 4s, empty: 500ms, perUser: 200 }";
  private static RunningGateway one;
  private static RunningGateway two;
  private static Person ada;
  private static Person bob;

  @BeforeAll
  static void start() {
    one = new RunningGateway(SETTINGS, PATIENT);
    two = node(QUICK);
    ada = Person.signedIn(one, "ada@example.com");
    bob = Person.signedIn(one, "bob@example.com");
  }

  @AfterAll
  static void stop() {
    two.close();
    one.close();
  }

  private static RunningGateway node(String yaml) {
    Map<String, String> settings = new HashMap<>(SETTINGS);
    settings.putAll(Sql.stores(one));
    return new RunningGateway(settings, yaml);
  }

  private static Tab tab(RunningGateway at, Person who) throws IOException {
    return new Tab(at, who.accessToken);
  }

  private static Person at(RunningGateway node, Person who) {
    Person there = new Person(node);
    there.accessToken = who.accessToken;
    return there;
  }

  private static JsonObject room(JsonObject entered) {
    return json("roomId", entered.getString("roomId"));
  }

  @Test
  void withoutAGoodTokenThereIsNoUpgrade() throws IOException {
    for (String fields : new String[] {"", "Authorization: Bearer x\r\n"}) {
      try (Wire wire = new Wire(one.port()).ask("/signaling/ws", fields)) {
        assertTrue(wire.head().startsWith("HTTP/1.1 401"), fields);
      }
    }
  }

  @Test
  void threePeersOnTwoNodesExchangeAllThatTheyNeed() throws IOException {
    try (Tab first = tab(one, ada);
        Tab second = tab(two, bob);
        Tab third = tab(two, ada)) {
      JsonObject made = first.ask("CREATE_ROOM", json("name", "x", "peerName", "Ada"));
      JsonObject room = room(made);
      JsonObject joined = second.ask("JOIN_ROOM", room.copy().put("name", "Bob"));
      JsonObject came = first.event("PEER_JOINED");
      assertEquals(joined.getString("peerId"), came.getString("peerId"));
      assertEquals("Bob", came.getString("name"));
      assertEquals(bob.user.getString("id"), came.getString("userId"));

      first.ask("OFFER", room.copy().put("sdp", SdpTest.GOOD));
      JsonObject offer = second.event("OFFER");
      assertEquals(made.getString("peerId"), offer.getString("from"));
      assertEquals(SdpTest.GOOD, offer.getString("sdp"));
      assertEquals(room.getString("roomId"), offer.getString("roomId"));
      second.ask("ANSWER", room.copy().put("sdp", SdpTest.GOOD));
      assertEquals(joined.getString("peerId"), first.event("ANSWER").getString("from"));
      for (int i = 0; i < 30; i++) {
        JsonObject candidate = CandidateTest.GOOD.copy().put("sdpMLineIndex", i);
        second.send(json("type", "CANDIDATE", "payload", room.copy().put("candidate", candidate)));
      }
      for (int i = 0; i < 30; i++) {
        JsonObject candidate = first.event("CANDIDATE").getJsonObject("candidate");
        assertEquals(i, candidate.getInteger("sdpMLineIndex"), "they come as they were sent");
      }
      second.ask("CANDIDATE", room.copy().putNull("candidate"));
      assertNull(first.event("CANDIDATE").getValue("candidate"));

      JsonObject late = third.ask("JOIN_ROOM", room);
      assertEquals(2, late.getJsonArray("peers").size());
      for (Tab tab : new Tab[] {first, second}) {
        assertEquals(late.getString("peerId"), tab.event("PEER_JOINED").getString("peerId"));
      }
      assertEquals("RECIPIENT_REQUIRED", second.refusal("OFFER", offer(room)));
      assertEquals("PEER_REQUIRED", third.refusal("OFFER", offer(room)));
      for (JsonObject peer : peers(late)) {
        third.ask(
            "OFFER",
            offer(room)
                .put("peerId", late.getString("peerId"))
                .put("to", peer.getString("peerId")));
      }
      assertEquals(late.getString("peerId"), first.event("OFFER").getString("from"));
      assertEquals(late.getString("peerId"), second.event("OFFER").getString("from"));
      second.ask("ANSWER", offer(room).put("to", late.getString("peerId")));
      third.event("ANSWER");
      second.ask("OFFER", offer(room).put("to", made.getString("peerId"))); // renegotiation
      first.ask(
          "ANSWER",
          offer(room)
              .put("to", joined.getString("peerId"))
              .put("peerId", made.getString("peerId")));
      second.event("ANSWER");

      first.ask("LEAVE", room.copy().put("close", true));
      for (Tab tab : new Tab[] {first, second, third}) {
        assertEquals("closed", tab.event("ROOM_CLOSED").getString("reason"));
      }
    }
  }

  private static JsonObject[] peers(JsonObject entered) {
    return entered.getJsonArray("peers").stream()
        .map(JsonObject.class::cast)
        .toArray(JsonObject[]::new);
  }

  private static JsonObject offer(JsonObject room) {
    return room.copy().put("sdp", SdpTest.GOOD);
  }

  /** The silence after which a peer has left is 10 min there. */
  @Test
  void aTabThatIsClosedIsToldAtOnce() throws IOException {
    try (Tab first = tab(one, ada)) {
      JsonObject room = room(first.ask("CREATE_ROOM", json()));
      String gone;
      try (Tab second = tab(one, bob)) {
        gone = second.ask("JOIN_ROOM", room).getString("peerId");
      }
      JsonObject left = first.event("PEER_LEFT");
      assertEquals(gone, left.getString("peerId"));
      assertEquals("disconnected", left.getString("reason"));
      assertEquals("PEER_NOT_FOUND", first.refusal("CANDIDATE", candidate(room).put("to", gone)));
      first.ask("LEAVE", room.copy().put("close", true));
    }
  }

  private static JsonObject candidate(JsonObject room) {
    return room.copy().put("candidate", CandidateTest.GOOD);
  }

  @Test
  void whoIsSilentHasLeftAndIsToldOfOnceAndWhoHasASocketIsNotSilent() throws IOException {
    try (Tab first = tab(two, ada)) {
      JsonObject room = room(first.ask("CREATE_ROOM", json()));
      HttpResponse<Buffer> joined = at(two, bob).post("/signaling/join-room", room);
      String silent = joined.bodyAsJsonObject().getString("peerId");
      JsonObject left = first.event("PEER_LEFT");
      assertEquals(silent, left.getString("peerId"));
      assertEquals("timeout", left.getString("reason"));
      first.ask("HEARTBEAT", room);
      String next =
          at(one, bob).post("/signaling/join-room", room).bodyAsJsonObject().getString("peerId");
      at(one, bob).post("/signaling/leave", room);
      assertEquals(next, first.event("PEER_LEFT").getString("peerId"), "no other came between");
      double peers = two.metric("signaling_peers");
      assertTrue(peers >= 1, "there are " + peers);
      first.ask("LEAVE", room.copy().put("close", true));
    }
  }

  @Test
  void aPeerLeavesWithTheLastOfItsSocketsOnWhicheverNodeTheyAre() throws IOException {
    try (Tab watching = tab(one, bob)) {
      JsonObject room;
      JsonObject channel;
      try (Tab second = tab(two, ada)) {
        one.until("others are gone", () -> one.metric("sockets_open") == 1);
        try (Tab first = tab(one, ada)) {
          JsonObject made = first.ask("CREATE_ROOM", json());
          room = room(made);
          channel = json("channel", made.getString("channel"));
          watching.ask("JOIN_ROOM", room);
          assertEquals("SUBSCRIBED", second.say("SUBSCRIBE", channel).getString("type"));
          assertEquals("NO_PRESENCE", second.refusal("PRESENCE", channel));
        }
        one.until("the first is gone", () -> one.metric("sockets_open") == 1);
        watching.ask("OFFER", offer(room));
        second.event("OFFER");
      }
      assertEquals("disconnected", watching.event("PEER_LEFT").getString("reason"));
      assertEquals("NOT_IN_ROOM", refusedAt(one, ada, room));
    }
  }

  private static String refusedAt(RunningGateway node, Person who, JsonObject room) {
    HttpResponse<Buffer> answer = at(node, who).post("/signaling/heartbeat", room);
    return RunningGateway.error(answer).getString("code");
  }

  @Test
  void whatIsWrongIsSaidAndTheSessionGoesOn() throws IOException {
    try (Tab first = tab(one, ada);
        Tab second = tab(one, bob)) {
      JsonObject made = first.ask("CREATE_ROOM", json("capacity", 2));
      JsonObject room = room(made);
      JsonObject channel = json("channel", made.getString("channel"));
      assertEquals("NOT_YOUR_PEER", second.refusal("SUBSCRIBE", channel));
      assertEquals("FORBIDDEN", second.refusal("SUBSCRIBE", json("channel", "peer:x")));
      assertEquals("ROOM_NOT_FOUND", second.refusal("SUBSCRIBE", json("channel", "peer:x.y")));
      assertEquals(
          "FORBIDDEN",
          first.refusal("PUBLISH", channel.copy().put("event", "OFFER").put("data", json())));
      assertEquals("NOT_IN_ROOM", second.refusal("OFFER", offer(room)));
      assertEquals("PEER_NOT_FOUND", first.refusal("OFFER", offer(room)));
      assertEquals(
          "OWN_PEER", first.refusal("OFFER", offer(room).put("to", made.getString("peerId"))));
      second.ask("JOIN_ROOM", room);
      assertEquals("NO_OFFER", second.refusal("ANSWER", offer(room)));
      assertEquals("ROOM_FULL", second.refusal("JOIN_ROOM", room));
      assertEquals("ROOM_NOT_FOUND", second.refusal("JOIN_ROOM", json("roomId", "x")));
      assertEquals("VALIDATION_ERROR", second.refusal("JOIN_ROOM", json()));
      assertEquals(
          "SDP_TOO_LARGE",
          first.refusal("OFFER", room.copy().put("sdp", SdpTest.GOOD + "a=" + "x".repeat(50_000))));
      assertEquals("UNKNOWN_TYPE", first.refusal("OFER", offer(room)));
      first.send(json("type", "OFFER", "payload", room)); // no requestId, and no sdp
      assertEquals("VALIDATION_ERROR", first.event("ERROR").getString("code"));
      assertEquals(2, first.ask("HEARTBEAT", room).getInteger("peerCount"));
      assertNotNull(first.ask("ROOMS", json("mine", true)).getJsonArray("rooms"));
      first.ask("LEAVE", room.copy().put("close", true));
    }
  }

  @Test
  void roomsEndWithTheirTimeAndWhenTheyAreEmpty() throws IOException {
    try (Tab first = tab(one, ada)) {
      JsonObject short1 = room(first.ask("CREATE_ROOM", json("lifetime", 3)));
      assertEquals("expired", first.event("ROOM_CLOSED").getString("reason"));
      assertEquals("ROOM_NOT_FOUND", first.refusal("JOIN_ROOM", short1));
    }
    try (Tab first = tab(two, ada)) {
      JsonObject room = room(first.ask("CREATE_ROOM", json()));
      first.ask("LEAVE", room);
      two.until("it is gone", () -> refusedAt(two, ada, room).equals("ROOM_NOT_FOUND"));
    }
  }

  @Test
  void aNodeThatGoesTakesNoPeerWithItAndRoomsAreThereForTheNext() throws IOException {
    RunningGateway three = node(PATIENT);
    JsonObject room;
    JsonObject made;
    try (Tab watching = tab(one, bob)) {
      try (Tab first = tab(three, ada)) {
        made = first.ask("CREATE_ROOM", json("password", "open sesame", "name", "kept"));
        room = room(made);
        watching.ask("JOIN_ROOM", room.copy().put("password", "open sesame"));
        first.event("PEER_JOINED");
        three.close();
      }
      try (RunningGateway four = node(PATIENT);
          Tab again = tab(four, ada)) {
        again.say("SUBSCRIBE", json("channel", made.getString("channel")));
        watching.ask("OFFER", offer(room));
        again.event("OFFER");
        JsonObject alive = again.ask("HEARTBEAT", room);
        assertEquals("kept", alive.getString("name"));
        assertEquals(2, alive.getInteger("peerCount"));
        again.ask("LEAVE", room);
        assertEquals("left", watching.event("PEER_LEFT").getString("reason"), "and no other left");
        assertEquals("WRONG_PASSWORD", watching.refusal("JOIN_ROOM", room));
        again.ask("LEAVE", room.copy().put("close", true));
      }
    }
  }

  @Test
  void whileRedisIsAwayThatIsSaidAndNobodyHasLeftWhenItIsBack() throws Exception {
    RunningGateway alone = new RunningGateway(SETTINGS, "signaling: { heartbeat: 2s }");
    try (alone) {
      Person eve = Person.signedIn(alone, "eve@example.com");
      try (Tab first = tab(alone, eve);
          Tab second = tab(alone, eve)) {
        JsonObject made = first.ask("CREATE_ROOM", json());
        JsonObject room = room(made);
        second.ask("JOIN_ROOM", room);
        JsonObject beat = room.copy().put("peerId", made.getString("peerId"));
        ProcessHandle redis = alone.redis();
        signal("-STOP", redis);
        try {
          assertEquals("SIGNALING_AWAY", first.refusal("HEARTBEAT", beat));
          HttpResponse<Buffer> away = eve.post("/signaling/create-room", json());
          assertEquals(503, away.statusCode());
          assertEquals("1", away.getHeader("retry-after"));
        } finally {
          signal("-CONT", redis);
        }
        alone.until(
            "Redis is back", () -> eve.post("/signaling/heartbeat", beat).statusCode() == 200);
        assertEquals(2, first.ask("HEARTBEAT", beat).getInteger("peerCount"));
      }
    }
  }

  private static void signal(String signal, ProcessHandle process) throws Exception {
    new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
  }

  @Test
  void theChannelIsHeardAsServerSentEventsToo() throws IOException {
    JsonObject made = at(one, ada).post("/signaling/create-room", json()).bodyAsJsonObject();
    String head =
        "GET /api/notifications/stream?channel=%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
            .formatted(made.getString("channel"), ada.accessToken);
    try (Tab second = tab(one, bob)) {
      try (Socket stream = new Socket("127.0.0.1", one.port())) {
        stream.setSoTimeout(10_000);
        stream.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        StringBuilder heard = new StringBuilder();
        read(stream, heard, "\r\n\r\n");
        assertTrue(heard.indexOf("HTTP/1.1 200") == 0, heard.toString());
        second.ask("JOIN_ROOM", room(made));
        read(stream, heard, "PEER_JOINED");
      }
      assertEquals("disconnected", second.event("PEER_LEFT").getString("reason"));
    }
    JsonArray none = at(one, bob).get("/signaling/rooms").bodyAsJsonObject().getJsonArray("rooms");
    assertEquals(new JsonArray(), none, "none was public");
  }

  private static void read(Socket from, StringBuilder into, String until) throws IOException {
    while (into.indexOf(until) < 0) {
      int next = from.getInputStream().read();
      if (next < 0) throw new AssertionError("ended: " + into);
      into.append((char) next);
    }
  }
}
