package dev.sluice.app.traffic;

import dev.sluice.app.App;
import dev.sluice.app.Engine;
import dev.sluice.guard.idempotency.Idempotency;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What callers and administrators do with the engine's own features. */
public final class TrafficApp implements App {
  public static final String NAME = Idempotency.SCHEMA;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Map<String, Handler> handlers(Engine engine) {
    Map<String, Handler> handlers = new HashMap<>();
    handlers.putAll(new JobOperations(engine).handlers());
    handlers.putAll(new WebhookOperations(engine).handlers());
    handlers.putAll(new DeliveryOperations(engine).handlers());
    return handlers;
  }

  @Override
  public Future<Map<String, Long>> forget(Engine engine, String user) {
    Map<String, Long> gone = new TreeMap<>();
    return engine
        .jobs()
        .records()
        .forget(user)
        .onSuccess(jobs -> gone.put("jobs", jobs))
        .compose(done -> engine.idempotency().forget(user))
        .onSuccess(keys -> gone.put("idempotency", keys))
        .compose(done -> engine.webhooks().forget(user))
        .onSuccess(gone::putAll)
        .map(done -> gone);
  }
}
