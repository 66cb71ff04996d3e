package dev.sluice.app.traffic;

import dev.sluice.app.App;
import dev.sluice.app.Engine;
import dev.sluice.call.Failure;
import dev.sluice.guard.idempotency.Idempotency;
import dev.sluice.store.SealedColumn;
import dev.sluice.webhook.Webhooks;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
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
    handlers.put("batch", call -> Future.failedFuture(elsewhere()));
    handlers.putAll(new LimitOperations(engine).handlers());
    handlers.putAll(new JobOperations(engine).handlers());
    handlers.putAll(new WebhookOperations(engine).handlers());
    handlers.putAll(new DeliveryOperations(engine).handlers());
    return handlers;
  }

  private static Failure elsewhere() {
    return Failure.of(Failure.Category.VALIDATION, "NOT_IN_BATCH", "Batches are taken over HTTP.")
        .suggest("Ask for each of its parts.");
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

  @Override
  public List<SealedColumn> sealed() {
    return Webhooks.SEALED;
  }
}
