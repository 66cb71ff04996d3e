package dev.sluice;

import static dev.sluice.harness.RunningGateway.data;
import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.WithGateway;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The Twitch reads of seed 000, as a client sees them. */
@ExtendWith(WithGateway.class)
class StudioIT {

  @Test
  void clipsComeMostViewedFirstAndNoMoreThanAsked(RunningGateway gateway) {
    JsonArray clips = data(gateway.get("/clips?channel=ninja&limit=5"));
    assertEquals(5, clips.size());
    for (int i = 1; i < 5; i++) {
      assertTrue(views(clips, i - 1) >= views(clips, i));
    }
    assertEquals("Ninja", clips.getJsonObject(0).getString("broadcaster_name"));
  }

  @Test
  void caseOfTheChannelDoesNotMatterAndSharesTheEntry(RunningGateway gateway) {
    gateway.get("/clips?channel=shroud&limit=3");
    HttpResponse<Buffer> again = gateway.get("/clips?channel=ShRoUd&limit=3");
    assertTrue(again.getHeader("Cache-Status").startsWith("Sluice; hit"), "a hit");
  }

  @Test
  void shuffleIsAnewForEveryCallAndCostsNoUpstreamCall(RunningGateway gateway) {
    JsonArray first = data(gateway.get("/clips?channel=ninja&limit=50&shuffle=true"));
    int calls = gateway.upstreamCalls("get-clips");
    JsonArray second = data(gateway.get("/clips?channel=ninja&limit=50&shuffle=true"));
    assertEquals(50, second.size());
    assertNotEquals(first, second);
    assertEquals(calls, gateway.upstreamCalls("get-clips"));
  }

  @Test
  void anUnknownChannelIsNotFoundAndRemembered(RunningGateway gateway) {
    HttpResponse<Buffer> answer = gateway.get("/clips?channel=nobody_at_all_here");
    assertEquals(404, answer.statusCode());
    assertEquals("USER_NOT_FOUND", error(answer).getString("code"));
    int calls = gateway.upstreamCalls("get-users");
    assertEquals(404, gateway.get("/clips?channel=nobody_at_all_here").statusCode());
    assertEquals(calls, gateway.upstreamCalls("get-users"));
  }

  @Test
  void aUserIsFoundByLoginAndById(RunningGateway gateway) {
    JsonObject byLogin = data(gateway.get("/user?login=ninja")).getJsonObject(0);
    JsonObject byId = data(gateway.get("/user?id=" + byLogin.getString("id"))).getJsonObject(0);
    assertEquals(byLogin, byId);
  }

  @Test
  void aGameIsFoundByIdAndByName(RunningGateway gateway) {
    JsonObject byId = data(gateway.get("/game?id=509658")).getJsonObject(0);
    assertEquals("Just Chatting", byId.getString("name"));
    assertEquals(byId, data(gateway.get("/game?name=Just+Chatting")).getJsonObject(0));
  }

  @Test
  void aUserOrGameIsAskedForByOneNameOnly(RunningGateway gateway) {
    assertEquals(400, gateway.get("/user?login=ninja&id=1").statusCode());
    HttpResponse<Buffer> none = gateway.get("/game");
    assertEquals(400, none.statusCode());
    assertTrue(error(none).getString("message").contains("give id or name"));
  }

  @Test
  void followingNeedsTheUsersOwnTokenWithTheScope(RunningGateway gateway) {
    HttpResponse<Buffer> none = gateway.get("/following");
    assertEquals(401, none.statusCode());
    assertEquals("Bearer", none.getHeader("WWW-Authenticate"));
    assertEquals(401, follow(gateway, "not-a-token").statusCode());
    assertEquals(403, follow(gateway, gateway.token("ninja")).statusCode());
    HttpResponse<Buffer> page = follow(gateway, gateway.token("ninja", "user:read:follows"));
    assertEquals(200, page.statusCode());
    assertTrue(page.bodyAsJsonObject().getInteger("total") > 0);
    assertEquals("private, max-age=60", page.getHeader("Cache-Control"));
  }

  @Test
  void followingPagesByCursor(RunningGateway gateway) {
    String token = gateway.token("ninja", "user:read:follows");
    JsonObject first = page(gateway, token, "/following?limit=100");
    String cursor = first.getJsonObject("pagination").getString("cursor");
    JsonObject second = page(gateway, token, "/following?limit=100&after=" + cursor);
    int both = first.getJsonArray("data").size() + second.getJsonArray("data").size();
    assertEquals(first.getInteger("total"), both);
    assertEquals(
        both,
        first.getJsonArray("data").stream().collect(Collectors.toSet()).size()
            + second.getJsonArray("data").size());
  }

  @Test
  void oneUsersFollowsAreNeverAnothersHit(RunningGateway gateway) {
    JsonObject ninja = page(gateway, gateway.token("ninja", "user:read:follows"), "/following");
    JsonObject shroud = page(gateway, gateway.token("shroud", "user:read:follows"), "/following");
    assertNotEquals(ninja, shroud);
  }

  @Test
  void anAppTokenThatTwitchEndsIsRenewedAtOnce(RunningGateway gateway) {
    gateway.get("/user?login=pokimane");
    int tokens = gateway.upstreamCalls("oauth-token");
    gateway.control(
        HttpMethod.POST, "/control/tokens/expire", new JsonObject().put("provider", "twitch"));
    assertEquals(200, gateway.get("/clips?channel=pokimane&limit=7").statusCode());
    assertEquals(tokens + 1, gateway.upstreamCalls("oauth-token"));
  }

  private static JsonObject page(RunningGateway gateway, String token, String uri) {
    return gateway.get(uri, "Authorization", "Bearer " + token).bodyAsJsonObject();
  }

  private static HttpResponse<Buffer> follow(RunningGateway gateway, String token) {
    return gateway.get("/following", "Authorization", "Bearer " + token);
  }

  private static int views(JsonArray clips, int i) {
    return clips.getJsonObject(i).getInteger("view_count");
  }
}
