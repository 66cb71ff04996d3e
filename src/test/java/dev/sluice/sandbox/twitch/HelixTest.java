package dev.sluice.sandbox.twitch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.sandbox.Reply;
import dev.sluice.sandbox.RunningSandbox;
import dev.sluice.sandbox.Sandbox;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The door of Helix, and users, games and follows behind it. */
class HelixTest {

  @RegisterExtension static final RunningSandbox sandbox = new RunningSandbox();

  private static final String NINJA = "/users?login=ninja";

  private static Reply ask(String uri) {
    return sandbox.helix(sandbox.appToken(), uri);
  }

  private static void assertRefused(int status, String message, Reply reply) {
    assertEquals(status, reply.status(), reply.body());
    assertEquals(message, reply.message());
  }

  @Test
  void aTokenAndItsClientAreRequired() {
    String app = sandbox.appToken();
    String uri = "/helix" + NINJA;
    String id = Sandbox.TWITCH_CLIENT_ID;
    assertRefused(401, "OAuth token is missing", sandbox.send("GET", uri, null, "client-id", id));
    assertRefused(
        401,
        "OAuth token is missing",
        sandbox.send("GET", uri, null, "client-id", id, "authorization", "OAuth " + app));
    assertRefused(401, "Invalid OAuth token", sandbox.helix("wrong", NINJA));
    assertRefused(
        401,
        "Client ID and OAuth token do not match",
        sandbox.send("GET", uri, null, "authorization", "Bearer " + app));
    assertRefused(
        401,
        "Client ID and OAuth token do not match",
        sandbox.send("GET", uri, null, "authorization", "Bearer " + app, "client-id", "other"));
  }

  @Test
  void unknownPathsAndMethodsHaveHelixsShape() {
    assertRefused(404, "", ask("/nothing"));
    Reply reply = sandbox.send("DELETE", "/helix/users", null);
    assertRefused(405, "", reply);
    assertEquals("Method Not Allowed", reply.json().getString("error"));
  }

  @Test
  void aQueryThatCannotBeReadIsABadRequest() {
    HttpClient client = sandbox.vertx().createHttpClient();
    String token = sandbox.appToken();
    JsonObject error =
        RunningSandbox.await(
                client
                    .request(
                        HttpMethod.GET,
                        sandbox.sandbox().port(),
                        "127.0.0.1",
                        "/helix/users?login=%zz")
                    .compose(
                        request ->
                            request
                                .putHeader("authorization", "Bearer " + token)
                                .putHeader("client-id", Sandbox.TWITCH_CLIENT_ID)
                                .send()
                                .compose(HttpClientResponse::body)))
            .toJsonObject();
    assertEquals("Bad Request", error.getString("error"));
  }

  @Test
  void usersAreFoundByIdAndLoginTogether() {
    Reply reply = ask("/users?login=SHROUD&id=19571641&login=nobody_here&id=1&unknown=x");
    assertEquals(List.of("ninja", "shroud"), reply.each("login"));
    assertFalse(reply.body().contains("\"email\""));
  }

  @Test
  void aUserTokenWithoutIdsMeansItsUser() {
    String plain = sandbox.userToken("pokimane").getString("access_token");
    assertEquals(List.of("pokimane"), sandbox.helix(plain, "/users").each("login"));
    String withEmail = sandbox.userToken("pokimane", "user:read:email").getString("access_token");
    Reply both = sandbox.helix(withEmail, "/users?login=pokimane&login=ninja");
    JsonObject other = both.data().getJsonObject(0);
    assertNull(other.getString("email"));
    assertEquals("pokimane@example.com", both.data().getJsonObject(1).getString("email"));
  }

  @Test
  void usersOfBadRequestsAreRefused() {
    assertRefused(
        400,
        "The id or login query parameter is required unless the request uses a user access token.",
        ask("/users"));
    assertEquals(200, ask("/users?" + ids(60, "id") + "&" + ids(40, "login")).status());
    assertRefused(
        400,
        "The request exceeded the maximum allowed number of id and/or login query parameters.",
        ask("/users?" + ids(60, "id") + "&" + ids(41, "login")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"id=1,2", "id=", "id=ninja", "login=", "login=a%20b", "login=%F0%9F%98%82"})
  void malformedIdentifiersAreRefused(String query) {
    assertRefused(
        400, "Invalid username(s), email(s), or ID(s). Bad Identifiers.", ask("/users?" + query));
  }

  @Test
  void gamesAreFoundByIdNameAndIgdbId() {
    Reply reply = ask("/games?id=33214&name=Just%20Chatting&igdb_id=121&id=99999999");
    assertEquals(List.of("Just Chatting", "Fortnite", "Minecraft"), reply.each("name"));
    assertEquals(List.of("", "1905", "121"), reply.each("igdb_id"));
    assertEquals(List.of(), ask("/games?name=fortnite").each("name"));
  }

  @Test
  void gamesOfBadRequestsAreRefused() {
    assertRefused(
        400, "The request must specify the id, name, or igdb_id query parameter.", ask("/games"));
    assertEquals(200, ask("/games?" + ids(100, "id")).status());
    assertEquals(400, ask("/games?" + ids(100, "id") + "&name=Art").status());
    assertRefused(
        400,
        "The parameter \"id\" was malformed: the value must match the regular expression"
            + " /^[0-9]+$/",
        ask("/games?id=Fortnite"));
  }

  @Test
  void followsArePagedWithTheirTotal() {
    String token = sandbox.userToken("ninja", "user:read:follows").getString("access_token");
    Reply first = sandbox.helix(token, "/channels/followed?user_id=19571641&first=100");
    assertEquals(137, first.json().getInteger("total"));
    assertEquals(100, first.data().size());
    Reply last =
        sandbox.helix(
            token, "/channels/followed?user_id=19571641&first=100&after=" + first.cursor());
    assertEquals(37, last.data().size());
    assertNull(last.cursor());
    assertEquals(new JsonObject(), last.json().getJsonObject("pagination"));
    Reply one = sandbox.helix(token, "/channels/followed?user_id=19571641&broadcaster_id=37402112");
    assertEquals(List.of("shroud"), one.each("broadcaster_login"));
    assertEquals(20, sandbox.helix(token, "/channels/followed?user_id=19571641").data().size());
  }

  @Test
  void followsAreForTheirUserOnly() {
    String token = sandbox.userToken("ninja", "user:read:follows").getString("access_token");
    String blind = sandbox.userToken("ninja").getString("access_token");
    String own = "/channels/followed?user_id=19571641";
    assertRefused(401, "Missing scope: user:read:follows", ask(own));
    assertRefused(401, "Missing scope: user:read:follows", sandbox.helix(blind, own));
    assertRefused(
        400, "Missing required parameter \"user_id\"", sandbox.helix(token, "/channels/followed"));
    assertRefused(
        401,
        "The ID in user_id must match the user ID found in the request's OAuth token.",
        sandbox.helix(token, "/channels/followed?user_id=1"));
    assertEquals(400, sandbox.helix(token, own + "&broadcaster_id=shroud").status());
    assertEquals(400, sandbox.helix(token, own + "&after=x").status());
  }

  @ParameterizedTest
  @CsvSource({
    "x, be an integer",
    "0, be greater than or equal to 1",
    "-5, be greater than or equal to 1",
    "101, be less than or equal to 100"
  })
  void pageSizesAreChecked(String first, String rule) {
    String token = sandbox.userToken("ninja", "user:read:follows").getString("access_token");
    assertRefused(
        400,
        "The parameter \"first\" was malformed: the value must " + rule,
        sandbox.helix(token, "/channels/followed?user_id=19571641&first=" + first));
    assertEquals(400, ask("/clips?game_id=33214&first=" + first).status());
  }

  @Test
  void everyCallTakesAPointFromItsOwnBucket() {
    sandbox.control(
        "POST", "/quota", new JsonObject().put("provider", "twitch").put("capacity", 2));
    String app = sandbox.appToken();
    String user = sandbox.userToken("ninja").getString("access_token");
    assertEquals("1", sandbox.helix(app, NINJA).header("ratelimit-remaining"));
    assertEquals("0", sandbox.helix(app, "/users").header("ratelimit-remaining"));
    Reply refused = sandbox.helix(app, NINJA);
    assertRefused(429, "", refused);
    assertEquals("Too Many Requests", refused.json().getString("error"));
    assertEquals("2", refused.header("ratelimit-limit"));
    assertNull(refused.header("retry-after"));
    assertTrue(
        Long.parseLong(refused.header("ratelimit-reset")) > System.currentTimeMillis() / 1000);
    assertEquals(200, sandbox.helix(user, "/users").status());
    sandbox.control("DELETE", "/quota", null);
    assertEquals("799", sandbox.helix(app, NINJA).header("ratelimit-remaining"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1.5", "\"x\"", "null"})
  void aQuotaIsAWholeNumber(String capacity) {
    JsonObject wanted = new JsonObject("{\"provider\":\"twitch\",\"capacity\":" + capacity + "}");
    assertEquals(400, sandbox.control("POST", "/quota", wanted).status());
  }

  private static String ids(int count, String name) {
    return IntStream.range(0, count)
        .mapToObj(i -> name + "=" + (500_000 + i))
        .collect(Collectors.joining("&"));
  }
}
