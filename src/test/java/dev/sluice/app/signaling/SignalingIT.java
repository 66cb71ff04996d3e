package dev.sluice.app.signaling;

import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.identity.Person;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rooms over HTTP alone. */
class SignalingIT {
  private static RunningGateway gateway;
  private static Person ada;
  private static Person bob;
  private static Person eve;

  @BeforeAll
  static void start() {
    gateway =
        new RunningGateway(
            Map.of("SLUICE_APPS", "identity,signaling", "SLUICE_STORE_REDISTIMEOUT", "5s"),
            """
            limits: { signaling: { user: { requests: 100000, window: 1m } } }
            signaling:
              perUser: 30
              capacity: 8
              stun: ["stun:stun.example.com"]
              turn: { urls: ["turn:turn.example.com"], secret: north }
            """);
    ada = Person.signedIn(gateway, "ada@example.com");
    bob = Person.signedIn(gateway, "bob@example.com");
    eve = Person.signedIn(gateway, "eve@example.com");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  static JsonObject json(Object... members) {
    JsonObject json = new JsonObject();
    for (int i = 0; i < members.length; i += 2) json.put((String) members[i], members[i + 1]);
    return json;
  }

  private static JsonObject ok(int status, HttpResponse<Buffer> answer) {
    assertEquals(status, answer.statusCode(), answer.bodyAsString());
    assertEquals("no-store", answer.getHeader("cache-control"));
    return answer.bodyAsJsonObject();
  }

  private static void refused(int status, String code, HttpResponse<Buffer> answer) {
    assertEquals(status, answer.statusCode(), answer.bodyAsString());
    assertEquals(code, RunningGateway.error(answer).getString("code"));
  }

  private static JsonObject create(Person who, JsonObject wish) {
    return ok(201, who.post("/signaling/create-room", wish));
  }

  private static JsonObject join(Person who, String room) {
    return ok(200, who.post("/signaling/join-room", json("roomId", room)));
  }

  private static void close(Person owner, String room) {
    ok(200, owner.post("/signaling/leave", json("roomId", room, "close", true)));
  }

  @Test
  void twoPeersExchangeDescriptionsByAskingForThem() {
    JsonObject made = create(ada, json("name", "Café", "peerName", "Ada", "capacity", 2));
    String room = made.getString("roomId");
    assertTrue(room.matches("[A-Za-z0-9_-]{22}"), room);
    assertEquals("peer:" + room + "." + made.getString("peerId"), made.getString("channel"));
    assertEquals(new JsonArray(), made.getJsonArray("peers"));
    JsonObject joined = join(bob, room);
    assertEquals("Café", joined.getString("name"));
    assertEquals(2, joined.getInteger("peerCount"));
    JsonObject there =
        json("peerId", made.getString("peerId"), "userId", ada.user.getString("id"))
            .put("name", "Ada");
    assertEquals(new JsonArray().add(there), joined.getJsonArray("peers"));
    JsonArray ice = joined.getJsonArray("iceServers");
    assertEquals(json("urls", new JsonArray().add("stun:stun.example.com")), ice.getValue(0));
    assertTrue(ice.getJsonObject(1).getString("username").endsWith(":" + bob.user.getString("id")));

    refused(404, "OFFER_NOT_FOUND", bob.get("/signaling/offer/" + room));
    refused(409, "NO_OFFER", answer(bob, room, SdpTest.GOOD));
    JsonObject sent = ok(202, offer(ada, room, SdpTest.GOOD));
    assertEquals(joined.getString("peerId"), sent.getString("to"));
    JsonObject got = ok(200, bob.get("/signaling/offer/" + room));
    assertEquals(SdpTest.GOOD, got.getString("sdp"));
    assertEquals(made.getString("peerId"), got.getString("from"));
    refused(404, "OFFER_NOT_FOUND", ada.get("/signaling/offer/" + room));
    refused(404, "ANSWER_NOT_FOUND", ada.get("/signaling/answer/" + room));
    ok(202, answer(bob, room, SdpTest.GOOD + "a=x:1\r\n"));
    JsonObject answered = ok(200, ada.get("/signaling/answer/" + room));
    assertTrue(answered.getString("sdp").endsWith("a=x:1\r\n"));

    ok(202, offer(ada, room, SdpTest.GOOD + "a=again:\r\n"));
    assertTrue(
        ok(200, bob.get("/signaling/offer/" + room)).getString("sdp").endsWith("a=again:\r\n"));
    refused(404, "ANSWER_NOT_FOUND", ada.get("/signaling/answer/" + room));
    ok(202, answer(bob, room, SdpTest.GOOD));
    ok(202, candidate(bob, room, CandidateTest.GOOD));
    ok(202, candidate(bob, room, null));
    JsonObject alive =
        ok(200, bob.post("/signaling/heartbeat", json("roomId", room, "iceServers", true)));
    assertEquals(10_000, alive.getInteger("heartbeatMs"));
    assertEquals(2, alive.getJsonArray("iceServers").size());

    JsonObject left = ok(200, bob.post("/signaling/leave", json("roomId", room)));
    assertEquals(joined.getString("peerId"), left.getString("peerId"));
    refused(403, "NOT_IN_ROOM", bob.get("/signaling/offer/" + room));
    refused(404, "ANSWER_NOT_FOUND", ada.get("/signaling/answer/" + room));
    refused(404, "PEER_NOT_FOUND", candidate(ada, room, CandidateTest.GOOD));
    close(ada, room);
    refused(404, "ROOM_NOT_FOUND", ada.post("/signaling/heartbeat", json("roomId", room)));
  }

  private static HttpResponse<Buffer> offer(Person who, String room, String sdp) {
    return who.post("/signaling/offer", json("roomId", room, "sdp", sdp));
  }

  private static HttpResponse<Buffer> answer(Person who, String room, String sdp) {
    return who.post("/signaling/answer", json("roomId", room, "sdp", sdp));
  }

  private static HttpResponse<Buffer> candidate(Person who, String room, JsonObject candidate) {
    return who.post("/signaling/candidate", json("roomId", room, "candidate", candidate));
  }

  @Test
  void amongSeveralOthersOneIsNamed() {
    String room = create(ada, json()).getString("roomId");
    String second = join(bob, room).getString("peerId");
    String third = join(eve, room).getString("peerId");
    refused(400, "RECIPIENT_REQUIRED", offer(ada, room, SdpTest.GOOD));
    JsonObject offer = json("roomId", room, "sdp", SdpTest.GOOD);
    ok(202, ada.post("/signaling/offer", offer.copy().put("to", second)));
    ok(202, ada.post("/signaling/offer", offer.copy().put("to", third)));
    String from = ok(202, bob.post("/signaling/offer", offer.put("to", third))).getString("from");
    assertEquals(from, ok(200, eve.get("/signaling/offer/" + room)).getString("from"));
    JsonObject ofAda = ok(200, bob.get("/signaling/offer/" + room));
    String first = ofAda.getString("from");
    assertEquals(
        first, ok(200, eve.get("/signaling/offer/" + room + "?from=" + first)).getString("from"));
    refused(404, "OFFER_NOT_FOUND", bob.get("/signaling/offer/" + room + "?from=" + third));
    close(ada, room);
  }

  @Test
  void severalPeersOfOneUserAreToldApart() {
    JsonObject made = create(ada, json());
    String room = made.getString("roomId");
    String first = made.getString("peerId");
    String second = join(ada, room).getString("peerId");
    refused(400, "PEER_REQUIRED", offer(ada, room, SdpTest.GOOD));
    JsonObject offer = json("roomId", room, "sdp", SdpTest.GOOD, "peerId", first);
    assertEquals(second, ok(202, ada.post("/signaling/offer", offer)).getString("to"));
    refused(400, "OWN_PEER", ada.post("/signaling/offer", offer.copy().put("to", first)));
    refused(400, "PEER_REQUIRED", ada.post("/signaling/leave", json("roomId", room)));
    ok(200, ada.get("/signaling/offer/" + room + "?peerId=" + second));
    String other = join(bob, room).getString("peerId");
    refused(403, "NOT_YOUR_PEER", bob.post("/signaling/offer", offer.put("to", other)));
    refused(
        403, "NOT_YOUR_PEER", bob.post("/signaling/leave", json("roomId", room, "peerId", first)));
    join(ada, room);
    join(ada, room);
    refused(409, "TOO_MANY_PEERS", ada.post("/signaling/join-room", json("roomId", room)));
    refused(403, "NOT_OWNER", bob.post("/signaling/leave", json("roomId", room, "close", true)));
    close(ada, room);
  }

  @Test
  void aRoomIsFullAndFiftyAtOnceAreNoWayAround() {
    JsonObject made = create(ada, json("capacity", 4));
    String room = made.getString("roomId");
    List<Future<HttpResponse<Buffer>>> racing = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Person who = i % 2 == 0 ? bob : eve;
      racing.add(
          gateway.sendAsync(
              HttpMethod.POST,
              "/signaling/join-room",
              json("roomId", room).toBuffer(),
              "Content-Type",
              "application/json",
              "Authorization",
              "Bearer " + who.accessToken));
    }
    int in = 0;
    for (HttpResponse<Buffer> answer : await(Future.all(racing)).<HttpResponse<Buffer>>list()) {
      if (answer.statusCode() == 200) in++;
      else refused(409, "ROOM_FULL", answer);
    }
    assertEquals(3, in);
    assertEquals(4, only(room).getInteger("peerCount"));
    close(ada, room);
  }

  private static JsonObject only(String room) {
    return rooms(ada, "?mine=true").stream()
        .filter(one -> one.getString("roomId").equals(room))
        .findFirst()
        .orElseThrow();
  }

  private static List<JsonObject> rooms(Person who, String query) {
    JsonArray rooms = ok(200, who.get("/signaling/rooms" + query)).getJsonArray("rooms");
    return rooms.stream().map(JsonObject.class::cast).toList();
  }

  @Test
  void aPasswordIsAskedForAndMayBeGuessedAtTenTimes() {
    String room =
        create(ada, json("password", "correct horse", "public", true)).getString("roomId");
    refused(403, "WRONG_PASSWORD", bob.post("/signaling/join-room", json("roomId", room)));
    JsonObject right = json("roomId", room, "password", "correct horse");
    ok(200, bob.post("/signaling/join-room", right));
    join(ada, room); // whose it is
    JsonObject wrong = json("roomId", room, "password", "correct hors");
    for (int i = 0; i < 10; i++) {
      refused(403, "WRONG_PASSWORD", eve.post("/signaling/join-room", wrong));
    }
    HttpResponse<Buffer> stopped = eve.post("/signaling/join-room", right);
    refused(429, "RATE_LIMIT_EXCEEDED", stopped);
    assertTrue(Integer.parseInt(stopped.getHeader("retry-after")) > 600);
    String listed = eve.get("/signaling/rooms").bodyAsString();
    assertTrue(listed.contains(room));
    assertFalse(listed.contains("argon2"), listed);
    close(ada, room);
  }

  @Test
  void roomsAreListedInPagesTheNewestFirst() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      made.add(0, create(bob, json("public", i != 3)).getString("roomId"));
    }
    List<String> mine = new ArrayList<>();
    String query = "?mine=true&limit=3";
    int pages = 0;
    for (String cursor = ""; cursor != null; pages++) {
      JsonObject page =
          ok(200, bob.get("/signaling/rooms" + query + (pages == 0 ? "" : "&cursor=" + cursor)));
      page.getJsonArray("rooms").forEach(r -> mine.add(((JsonObject) r).getString("roomId")));
      cursor = page.getString("nextCursor");
    }
    assertEquals(3, pages);
    assertEquals(new HashSet<>(made), new HashSet<>(mine));
    assertEquals(7, mine.size());
    Set<String> seen = new HashSet<>();
    rooms(eve, "?limit=100").forEach(room -> seen.add(room.getString("roomId")));
    assertFalse(seen.contains(made.get(3)), "it is not public");
    assertTrue(seen.contains(made.get(0)));
    assertTrue(rooms(eve, "").stream().noneMatch(room -> room.getBoolean("own")));
    refused(400, "VALIDATION_ERROR", bob.get("/signaling/rooms?cursor=x"));
    made.forEach(room -> close(bob, room));
    assertEquals(List.of(), rooms(bob, "?mine=true"));
  }

  @Test
  void oneUserMayHaveSoManyRoomsHoweverManyItAsksForAtOnce() {
    Person eager = Person.signedIn(gateway, "eager@example.com");
    List<Future<HttpResponse<Buffer>>> racing = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      racing.add(
          gateway.sendAsync(
              HttpMethod.POST,
              "/signaling/create-room",
              null,
              "Authorization",
              "Bearer " + eager.accessToken));
    }
    int made = 0;
    for (HttpResponse<Buffer> answer : await(Future.all(racing)).<HttpResponse<Buffer>>list()) {
      if (answer.statusCode() == 201) made++;
      else refused(409, "TOO_MANY_ROOMS", answer);
    }
    assertEquals(30, made);
    String room = rooms(eager, "?mine=true").get(0).getString("roomId");
    join(ada, room);
    String foreign = create(ada, json()).getString("roomId");
    join(eager, foreign);
    close(eager, room);
    create(eager, json());
    HttpResponse<Buffer> gone = eager.send(HttpMethod.DELETE, "/users/me", null);
    assertTrue(gone.statusCode() < 300, gone.bodyAsString());
    refused(404, "PEER_NOT_FOUND", offer(ada, foreign, SdpTest.GOOD));
    refused(404, "ROOM_NOT_FOUND", ada.post("/signaling/join-room", json("roomId", room)));
    close(ada, foreign);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "offer|{}|400|VALIDATION_ERROR",
        "offer|{\"roomId\":\"ROOM\",\"sdp\":7}|400|VALIDATION_ERROR",
        "offer|{\"roomId\":\"ROOM\",\"sdp\":\"hi\"}|400|SDP_INVALID",
        "offer|{\"roomId\":\"ROOM\",\"sdp\":\"v=0\\nm=audio\",\"too\":\"x\"}|400|VALIDATION_ERROR",
        "offer|{\"roomId\":\"ROOM\",\"sdp\":\"v=0\\nm=audio\",\"to\":\"gone\"}|404|PEER_NOT_FOUND",
        "offer|{\"roomId\":\"gone\",\"sdp\":\"v=0\\nm=audio\"}|404|ROOM_NOT_FOUND",
        "offer|{\"roomId\":\"../x\",\"sdp\":\"v=0\\nm=audio\"}|400|VALIDATION_ERROR",
        "answer|{\"roomId\":\"ROOM\",\"sdp\":\"hi\"}|400|SDP_INVALID",
        "answer|{\"roomId\":\"gone\",\"sdp\":\"v=0\\nm=audio\"}|404|ROOM_NOT_FOUND",
        "candidate|{\"roomId\":\"ROOM\",\"candidate\":{}}|400|CANDIDATE_INVALID",
        "candidate|{\"roomId\":\"ROOM\",\"candidate\":\"candidate:1\"}|400|VALIDATION_ERROR",
        "candidate|{\"roomId\":\"ROOM\"}|400|VALIDATION_ERROR",
        "heartbeat|{\"roomId\":\"ROOM\",\"peerId\":\"gone\"}|403|NOT_IN_ROOM",
        "heartbeat|{\"roomId\":\"gone\"}|404|ROOM_NOT_FOUND",
        "leave|{\"roomId\":\"gone\"}|404|ROOM_NOT_FOUND",
        "leave|{\"roomId\":\"gone\",\"close\":true}|404|ROOM_NOT_FOUND",
        "join-room|{\"roomId\":\"gone\"}|404|ROOM_NOT_FOUND",
        "join-room|{}|400|VALIDATION_ERROR",
        "create-room|{\"capacity\":9}|400|VALIDATION_ERROR",
        "create-room|{\"capacity\":1}|400|VALIDATION_ERROR",
        "create-room|{\"lifetime\":86401}|400|VALIDATION_ERROR",
        "create-room|{\"password\":\"\"}|400|VALIDATION_ERROR",
      })
  void whatCannotBeIsRefused(String path, String body, int status, String code) {
    String room = create(ada, json()).getString("roomId");
    refused(
        status, code, ada.post("/signaling/" + path, new JsonObject(body.replace("ROOM", room))));
    close(ada, room);
  }

  @Test
  void aDescriptionOfAMegabyteIsTooLarge() {
    String room = create(ada, json()).getString("roomId");
    join(bob, room);
    refused(413, "SDP_TOO_LARGE", offer(ada, room, SdpTest.GOOD + "a=" + "x".repeat(1 << 20)));
    String most = SdpTest.GOOD + "a=" + "x".repeat((48 << 10) - SdpTest.GOOD.length() - 2);
    ok(202, offer(ada, room, most));
    assertEquals(most, ok(200, bob.get("/signaling/offer/" + room)).getString("sdp"));
    close(ada, room);
  }

  @Test
  void whoIsNotSignedInIsRefused() {
    for (String path :
        List.of("create-room", "join-room", "offer", "answer", "heartbeat", "leave")) {
      HttpResponse<Buffer> answer =
          gateway.send(
              HttpMethod.POST,
              "/signaling/" + path,
              Buffer.buffer("{}"),
              "Content-Type",
              "application/json");
      assertEquals(401, answer.statusCode(), path);
    }
    for (String path : List.of("offer/x", "answer/x", "rooms", "ws")) {
      assertEquals(path.equals("ws") ? 426 : 401, gateway.get("/signaling/" + path).statusCode());
    }
  }

  @Test
  void unicodeComesThroughAndNothingIsInvented() {
    JsonObject made = create(ada, json("name", "a\"/\\ \u00e9\uD83D\uDE00", "peerName", "<b>"));
    JsonObject joined = join(bob, made.getString("roomId"));
    assertEquals("a\"/\\ \u00e9\uD83D\uDE00", joined.getString("name"));
    assertEquals("<b>", joined.getJsonArray("peers").getJsonObject(0).getString("name"));
    assertNull(create(eve, json()).getString("name"));
    close(ada, made.getString("roomId"));
  }
}
