package dev.sluice.app.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Page;
import dev.sluice.harness.Chromium;
import dev.sluice.harness.Chromium.Fetched;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** What the page of the studio has no button for, asked by a script of that page. */
final class Endpoints {
  /** All endpoints of seed 000. */
  static final Set<String> SEED =
      new TreeSet<>(
          """
          GET /clips
          GET /following
          GET /game
          GET /user
          POST /cloud/save
          GET /cloud/load
          GET /cloud/list
          DELETE /cloud/delete
          POST /cloud-save/save
          GET /cloud-save/load
          GET /cloud-save/list
          DELETE /cloud-save/delete
          POST /auth/request-otp
          POST /auth/verify-otp
          GET /auth/me
          POST /auth/logout
          POST /auth/refresh
          POST /notes/save
          GET /notes/load
          GET /notes/list
          DELETE /notes/delete
          POST /obs-credentials/save
          GET /obs-credentials/load
          DELETE /obs-credentials/delete
          GET /health
          GET /test/email
          POST /debug/clear-rate-limit
          POST /signaling/create-room
          POST /signaling/join-room
          POST /signaling/offer
          GET /signaling/offer/{roomId}
          POST /signaling/answer
          GET /signaling/answer/{roomId}
          POST /signaling/heartbeat
          GET /signaling/rooms
          POST /signaling/leave
          """
              .lines()
              .toList());

  private static final String SDP =
      "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n";

  private final Page page;
  private final Map<String, String> user;
  private final Map<String, String> device = Map.of("X-Device-Id", UUID.randomUUID().toString());
  private final Map<String, String> twitch;

  Endpoints(Page page, String twitchToken) {
    this.page = page;
    Map<String, String> csrf =
        Map.of(
            "X-CSRF-Token", ask("GET", "/api/auth/session", null, Map.of()).getString("csrfToken"));
    String token = ask("POST", "/auth/refresh", null, csrf).getString("accessToken");
    user = Map.of("Authorization", "Bearer " + token);
    twitch = Map.of("Authorization", "Bearer " + twitchToken);
  }

  private JsonObject ask(String method, String uri, JsonObject body, Map<String, String> headers) {
    Fetched answer = Chromium.fetch(page, method, uri, body, headers);
    assertEquals(2, answer.status() / 100, method + " " + uri + ": " + answer.text());
    return answer.text().isEmpty() ? new JsonObject() : answer.json();
  }

  void call() {
    ask("GET", "/user?login=ninja", null, Map.of());
    ask("GET", "/game?id=33214", null, Map.of());
    ask("GET", "/following", null, twitch);
    ask("GET", "/auth/me", null, user);
    slots("/cloud", device);
    slots("/cloud-save", user);
    notes();
    obs();
    signaling();
  }

  private void slots(String root, Map<String, String> who) {
    JsonObject save =
        new JsonObject().put("slot", "seed").put("configs", new JsonObject().put("a", 1));
    ask("POST", root + "/save", save, who);
    ask("GET", root + "/load?slot=seed", null, who);
    ask("GET", root + "/list", null, who);
    ask("DELETE", root + "/delete?slot=seed", null, who);
  }

  private void notes() {
    String id =
        ask("POST", "/notes/save", new JsonObject().put("content", "Hello"), user).getString("id");
    ask("GET", "/notes/load?id=" + id, null, user);
    ask("GET", "/notes/list", null, user);
    ask("DELETE", "/notes/delete?id=" + id, null, user);
  }

  private void obs() {
    JsonObject credentials = new JsonObject().put("host", "obs.local").put("password", "secret");
    ask("POST", "/obs-credentials/save", credentials, user);
    ask("GET", "/obs-credentials/load", null, user);
    ask("DELETE", "/obs-credentials/delete", null, user);
  }

  /** Two peers of one user. */
  private void signaling() {
    JsonObject made = ask("POST", "/signaling/create-room", new JsonObject(), user);
    String room = made.getString("roomId");
    JsonObject at = new JsonObject().put("roomId", room);
    String one = made.getString("peerId");
    String two = ask("POST", "/signaling/join-room", at, user).getString("peerId");
    ask("POST", "/signaling/offer", sdp(room, one), user);
    ask("GET", "/signaling/offer/" + room + "?peerId=" + two, null, user);
    ask("POST", "/signaling/answer", sdp(room, two), user);
    ask("GET", "/signaling/answer/" + room + "?peerId=" + one, null, user);
    ask("POST", "/signaling/heartbeat", at.copy().put("peerId", one), user);
    ask("GET", "/signaling/rooms", null, user);
    ask("POST", "/signaling/leave", at.copy().put("close", true), user);
  }

  private static JsonObject sdp(String room, String peer) {
    return new JsonObject(new HashMap<>(Map.of("roomId", room, "peerId", peer, "sdp", SDP)));
  }
}
