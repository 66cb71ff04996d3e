package dev.sluice.app.traffic;

import static dev.sluice.app.traffic.WebhookOperations.id;
import static dev.sluice.app.traffic.WebhookOperations.owner;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.app.Page;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Reply;
import dev.sluice.webhook.Cursor;
import dev.sluice.webhook.Delivery;
import dev.sluice.webhook.Webhook;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/** What a webhook has been told, and having it told again. */
final class DeliveryOperations {
  private final Engine engine;

  DeliveryOperations(Engine engine) {
    this.engine = engine;
  }

  Map<String, Handler> handlers() {
    return Map.of(
        "listDeliveries", this::listDeliveries,
        "replayDelivery", this::replayDelivery,
        "testWebhook", this::testWebhook);
  }

  private Future<Webhook> webhook(Call call) {
    return engine.webhooks().find(id(call, "id"), owner(call));
  }

  private Future<Reply> listDeliveries(Call call) {
    Page after = Page.of(call);
    int limit = call.params().integer("limit", 50);
    Cursor from = after == null ? null : new Cursor(after.time(), after.id());
    String state = call.params().text("state");
    return webhook(call)
        .compose(found -> engine.webhooks().deliveries(found.id(), state, from, limit + 1))
        .map(deliveries -> WebhookOperations.json(page(deliveries, limit)));
  }

  private static JsonObject page(List<Delivery> found, int limit) {
    JsonArray shown = new JsonArray();
    found.stream().limit(limit).forEach(one -> shown.add(JsonObject.mapFrom(one)));
    JsonObject page = new JsonObject().put("deliveries", shown);
    if (found.size() <= limit) return page;
    Delivery last = found.get(limit - 1);
    return page.put("nextCursor", new Page(last.createdAt(), last.id()).cursor());
  }

  private Future<Reply> replayDelivery(Call call) {
    return webhook(call)
        .compose(found -> engine.webhooks().replay(found, id(call, "delivery")))
        .map(DeliveryOperations::accepted);
  }

  private Future<Reply> testWebhook(Call call) {
    return webhook(call)
        .compose(found -> engine.webhooks().test(found))
        .map(DeliveryOperations::accepted);
  }

  private static Reply accepted(Delivery delivery) {
    return Reply.of(202, Body.json(JsonObject.mapFrom(delivery)));
  }
}
