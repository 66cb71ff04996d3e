package dev.sluice.app.traffic;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.app.Page;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Reply;
import dev.sluice.identity.audit.Entry;
import dev.sluice.webhook.Cursor;
import dev.sluice.webhook.Webhook;
import dev.sluice.webhook.Webhooks;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Where users have events told to (seed 003). */
final class WebhookOperations {
  private static final String ADMIN = "admin";

  private final Engine engine;

  WebhookOperations(Engine engine) {
    this.engine = engine;
  }

  Map<String, Handler> handlers() {
    return Map.of(
        "createWebhook", this::createWebhook,
        "listWebhooks", this::listWebhooks,
        "getWebhook", this::getWebhook,
        "changeWebhook", this::changeWebhook,
        "deleteWebhook", this::deleteWebhook,
        "rotateWebhookSecret", this::rotateSecret);
  }

  private Future<Reply> createWebhook(Call call) {
    JsonObject body = call.body().bytes().toJsonObject();
    boolean everybody = body.getBoolean("everybody", false);
    if (everybody) requireAdmin(call, "hear of everybody's events");
    Webhooks.Wish wish =
        new Webhooks.Wish(
            call.caller().subject(),
            body.getString("url"),
            texts(body, "events"),
            body.getString("description", ""),
            everybody);
    return engine
        .webhooks()
        .add(wish)
        .onSuccess(made -> note(call, "webhook.create", made.webhook().id()))
        .map(
            made ->
                Reply.of(201, Body.json(shown(made)))
                    .with("location", "/webhooks/" + made.webhook().id())
                    .with("cache-control", "no-store"));
  }

  private static JsonObject shown(Webhooks.Sealed sealed) {
    return JsonObject.mapFrom(sealed.webhook()).put("secret", sealed.secret());
  }

  private Future<Reply> listWebhooks(Call call) {
    boolean all = call.params().flag("all");
    if (all) requireAdmin(call, "see everybody's webhooks");
    Page after = Page.of(call);
    int limit = call.params().integer("limit", 50);
    Cursor from = after == null ? null : new Cursor(after.time(), after.id());
    return engine
        .webhooks()
        .list(all ? null : call.caller().subject(), from, limit + 1)
        .map(found -> json(page(found, limit)));
  }

  private static JsonObject page(List<Webhook> found, int limit) {
    JsonArray shown = new JsonArray();
    found.stream().limit(limit).forEach(one -> shown.add(JsonObject.mapFrom(one)));
    JsonObject page = new JsonObject().put("webhooks", shown);
    if (found.size() <= limit) return page;
    Webhook last = found.get(limit - 1);
    return page.put("nextCursor", new Page(last.createdAt(), last.id()).cursor());
  }

  private Future<Reply> getWebhook(Call call) {
    return engine.webhooks().find(id(call, "id"), owner(call)).map(WebhookOperations::json);
  }

  private Future<Reply> changeWebhook(Call call) {
    JsonObject body = call.body().bytes().toJsonObject();
    Webhooks.Change change =
        new Webhooks.Change(
            body.getString("url"),
            body.containsKey("events") ? texts(body, "events") : null,
            body.getString("description"),
            body.getBoolean("active"));
    return engine
        .webhooks()
        .change(id(call, "id"), owner(call), change)
        .onSuccess(changed -> note(call, "webhook.change", changed.id()))
        .map(WebhookOperations::json);
  }

  private Future<Reply> deleteWebhook(Call call) {
    UUID id = id(call, "id");
    return engine
        .webhooks()
        .remove(id, owner(call))
        .onSuccess(gone -> note(call, "webhook.delete", id))
        .map(gone -> Reply.of(204, Body.NONE));
  }

  private Future<Reply> rotateSecret(Call call) {
    JsonObject body = call.body().isEmpty() ? new JsonObject() : call.body().bytes().toJsonObject();
    Integer seconds = body.getInteger("overlapSeconds");
    Duration overlap = seconds == null ? null : Duration.ofSeconds(seconds);
    return engine
        .webhooks()
        .rotate(id(call, "id"), owner(call), overlap)
        .onSuccess(rotated -> note(call, "webhook.rotate", rotated.webhook().id()))
        .map(rotated -> json(shown(rotated)));
  }

  /** Whose webhooks a caller may see: those that are its own; null, for administrators, all. */
  static String owner(Call call) {
    return call.caller().roles().contains(ADMIN) ? null : call.caller().subject();
  }

  static UUID id(Call call, String name) {
    try {
      return UUID.fromString(call.params().text(name));
    } catch (IllegalArgumentException e) {
      throw Failure.invalid(name, "is no UUID", call.params().text(name));
    }
  }

  static Reply json(Object body) {
    return Reply.json(body).with("cache-control", "no-store");
  }

  private static List<String> texts(JsonObject body, String name) {
    return body.getJsonArray(name).stream().map(String.class::cast).toList();
  }

  private static void requireAdmin(Call call, String what) {
    if (call.caller().roles().contains(ADMIN)) return;
    throw Failure.of(Category.AUTHORIZATION, "FORBIDDEN", "Only administrators " + what + ".")
        .suggest("Ask without it for what is your own.");
  }

  private void note(Call call, String action, UUID id) {
    engine.identity().note(Entry.done(user(call), action, "webhook", id, call.caller().peer()));
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
