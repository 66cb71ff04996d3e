package dev.sluice.app.traffic;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Network;
import dev.sluice.call.Reply;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** Administrators' way to have clients counted anew (seed 000). */
final class LimitOperations {
  private final Engine engine;

  LimitOperations(Engine engine) {
    this.engine = engine;
  }

  Map<String, Handler> handlers() {
    return Map.of("clearRateLimit", this::clearRateLimit);
  }

  private Future<Reply> clearRateLimit(Call call) {
    JsonObject asked =
        call.body().isEmpty() ? new JsonObject() : call.body().bytes().toJsonObject();
    String ip = asked.getString("ip");
    String user = asked.getString("user");
    if (ip != null && user != null) {
      throw Failure.invalid("user", "give ip or user, or neither for all", user);
    }
    if (ip != null && !Network.isAddress(ip)) throw Failure.invalid("ip", "is no IP address", ip);
    String client = ip == null ? user : Network.of(ip);
    return engine.tallies().clear(client).map(cleared -> Reply.of(204, Body.NONE));
  }
}
