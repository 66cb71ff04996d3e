package dev.sluice.app.push;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Reply;
import dev.sluice.identity.audit.Entry;
import dev.sluice.push.Subscription;
import dev.sluice.push.Wish;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Subscriptions of browsers (seed 001). */
final class PushOperations {
  private static final List<String> ALL = List.of("*");

  private final Engine engine;

  PushOperations(Engine engine) {
    this.engine = engine;
  }

  Map<String, Handler> handlers() {
    return Map.of(
        "getPushKey", this::getPushKey,
        "subscribePush", this::subscribePush,
        "unsubscribePush", this::unsubscribePush,
        "listPushSubscriptions", this::listPushSubscriptions,
        "testPush", this::testPush);
  }

  private Future<Reply> getPushKey(Call call) {
    return Future.succeededFuture(
        Reply.json(new JsonObject().put("publicKey", engine.pushes().publicKey())));
  }

  private Future<Reply> subscribePush(Call call) {
    JsonObject body = call.body().bytes().toJsonObject();
    JsonObject keys = body.getJsonObject("keys");
    Number expires = (Number) body.getValue("expirationTime");
    JsonArray events = body.getJsonArray("events");
    Wish wish =
        new Wish(
            call.caller().subject(),
            body.getString("endpoint"),
            expires == null ? null : Instant.ofEpochMilli(expires.longValue()),
            keys.getString("p256dh"),
            keys.getString("auth"),
            events == null ? ALL : events.stream().map(String.class::cast).toList());
    return engine
        .pushes()
        .subscribe(wish)
        .onSuccess(made -> note(call, "push.subscribe", made.id()))
        .map(made -> Reply.of(201, Body.json(view(made))).with("cache-control", "no-store"));
  }

  private Future<Reply> unsubscribePush(Call call) {
    return engine
        .pushes()
        .remove(endpoint(call), call.caller().subject())
        .onSuccess(id -> note(call, "push.unsubscribe", id))
        .map(id -> Reply.of(204, Body.NONE));
  }

  /** Some clients send no body with DELETE, others no query. */
  private static String endpoint(Call call) {
    String named = call.params().text("endpoint");
    String told =
        call.body().isEmpty() ? null : call.body().bytes().toJsonObject().getString("endpoint");
    boolean one = named == null || told == null || named.equals(told);
    if (one && (named != null || told != null)) return told == null ? named : told;
    String what = one ? "is required" : "is another in the query than in the body";
    throw Failure.invalid("endpoint", what, null)
        .suggest("Send {\"endpoint\": …}, or ?endpoint= with the URL encoded.");
  }

  private Future<Reply> listPushSubscriptions(Call call) {
    return engine
        .pushes()
        .list(call.caller().subject())
        .map(
            all -> {
              JsonArray shown = new JsonArray();
              all.forEach(one -> shown.add(view(one)));
              return Reply.json(new JsonObject().put("subscriptions", shown))
                  .with("cache-control", "no-store");
            });
  }

  private Future<Reply> testPush(Call call) {
    return engine
        .pushes()
        .test(call.caller().subject())
        .map(
            sent -> {
              if (sent > 0) {
                return Reply.of(202, Body.json(new JsonObject().put("subscriptions", sent)));
              }
              throw Failure.of(
                      Category.CONFLICT, "NO_PUSH_SUBSCRIPTION", "No browser of yours is told.")
                  .suggest("POST /api/push/subscribe what subscription.toJSON() gives.");
            });
  }

  /** In the words of the browsers' own API: times of a subscription are milliseconds there. */
  private static JsonObject view(Subscription one) {
    JsonObject view =
        new JsonObject()
            .put("id", one.id().toString())
            .put("endpoint", one.endpoint())
            .put("events", new JsonArray(one.events()))
            .put("createdAt", one.createdAt().toString());
    Instant expires = one.expirationTime();
    view.put("expirationTime", expires == null ? null : expires.toEpochMilli());
    if (one.sentAt() != null) view.put("lastSentAt", one.sentAt().toString());
    if (one.failingSince() != null) view.put("failingSince", one.failingSince().toString());
    return view;
  }

  private void note(Call call, String action, UUID id) {
    engine
        .identity()
        .note(Entry.done(user(call), action, "push_subscription", id, call.caller().peer()));
  }

  /** Null where an outside issuer knows the caller by another kind of id. */
  private static UUID user(Call call) {
    try {
      return UUID.fromString(call.caller().subject());
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
