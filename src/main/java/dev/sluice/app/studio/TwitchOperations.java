package dev.sluice.app.studio;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Params;
import dev.sluice.call.Reply;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads of Twitch (seed 000). */
final class TwitchOperations {
  private static final int MOST_CLIPS = 100;
  private static final String FOLLOWS = "user:read:follows";

  private TwitchOperations() {}

  static Map<String, Handler> handlers(Engine engine) {
    return Map.of(
        "getClips", call -> getClips(engine, call),
        "getUser", call -> getOne(engine, "users", call),
        "getGame", call -> getOne(engine, "games", call),
        "getFollowing", call -> getFollowing(engine, call));
  }

  /** {@code {data: [clip]}}, most viewed first, or a random choice of the hundred most viewed. */
  private static Future<Reply> getClips(Engine engine, Call call) {
    int limit = call.params().integer("limit", 20);
    if (call.params().flag("shuffle")) {
      Map<String, Object> all =
          Map.of("channel", call.params().text("channel"), "limit", MOST_CLIPS);
      return engine.answer(call.ask("getClips", all)).map(reply -> shuffled(reply, limit));
    }
    return engine
        .answer(call.ask("getUser", Map.of("login", call.params().text("channel"))))
        .compose(
            user -> {
              String id = user.jsonBody().getJsonArray("data").getJsonObject(0).getString("id");
              return engine.ask(
                  "twitch", call.ask("clips", Map.of("broadcaster_id", id, "first", limit)));
            })
        .map(
            page -> Reply.json(new JsonObject().put("data", page.jsonBody().getJsonArray("data"))));
  }

  /** A new order for every caller: clip players must not all show the same. */
  private static Reply shuffled(Reply all, int limit) {
    List<Object> clips = new ArrayList<>();
    all.jsonBody().getJsonArray("data").forEach(clips::add);
    Collections.shuffle(clips);
    JsonArray some = new JsonArray(clips.subList(0, Math.min(limit, clips.size())));
    return Reply.json(new JsonObject().put("data", some));
  }

  /** {@code {data: [it]}}. */
  private static Future<Reply> getOne(Engine engine, String operation, Call call) {
    return engine
        .ask("twitch", call.ask(operation, call.params().values()))
        .map(one -> Reply.json(new JsonObject().put("data", new JsonArray().add(one.jsonBody()))));
  }

  /** {@code {total, data: [channel], pagination}} of the user whose token it is. */
  private static Future<Reply> getFollowing(Engine engine, Call call) {
    return engine
        .ask("twitch", call.ask("validate", Map.of()))
        .compose(
            token -> {
              JsonArray scopes = token.jsonBody().getJsonArray("scopes");
              String user = token.jsonBody().getString("user_id");
              if (user == null || scopes == null || !scopes.contains(FOLLOWS)) {
                return Future.failedFuture(lacksScope());
              }
              return engine.ask("twitch", call.ask("followed", page(user, call.params())));
            });
  }

  private static Map<String, Object> page(String user, Params params) {
    Map<String, Object> page = new HashMap<>();
    page.put("user_id", user);
    page.put("first", params.integer("limit", 20));
    if (params.has("after")) page.put("after", params.text("after"));
    return page;
  }

  private static Failure lacksScope() {
    return Failure.of(
            Failure.Category.AUTHORIZATION,
            "FORBIDDEN",
            "The token lacks the scope " + FOLLOWS + ".")
        .suggest("Sign in with Twitch again, asking for the scope " + FOLLOWS + ".");
  }
}
