package dev.sluice.app.studio.save;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.call.Failure;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;

/** Saves of users and of devices (seed 000). */
public final class SaveOperations {
  private final Engine engine;

  public SaveOperations(Engine engine) {
    this.engine = engine;
  }

  public Map<String, Handler> handlers() {
    Map<String, Handler> handlers = new HashMap<>();
    handlers.put("saveCloud", call -> Future.failedFuture(Failure.internal()));
    handlers.put("loadCloud", call -> Future.failedFuture(Failure.internal()));
    handlers.put("listCloud", call -> Future.failedFuture(Failure.internal()));
    handlers.put("deleteCloud", call -> Future.failedFuture(Failure.internal()));
    handlers.put("listCloudVersions", call -> Future.failedFuture(Failure.internal()));
    handlers.put("restoreCloud", call -> Future.failedFuture(Failure.internal()));
    handlers.put("claimCloud", call -> Future.failedFuture(Failure.internal()));
    handlers.put("saveDevice", call -> Future.failedFuture(Failure.internal()));
    handlers.put("loadDevice", call -> Future.failedFuture(Failure.internal()));
    handlers.put("listDevice", call -> Future.failedFuture(Failure.internal()));
    handlers.put("deleteDevice", call -> Future.failedFuture(Failure.internal()));
    return handlers;
  }
}
