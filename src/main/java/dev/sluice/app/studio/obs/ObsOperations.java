package dev.sluice.app.studio.obs;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.call.Failure;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;

/** How users reach their OBS (seed 000). */
public final class ObsOperations {
  private final Engine engine;

  public ObsOperations(Engine engine) {
    this.engine = engine;
  }

  public Map<String, Handler> handlers() {
    Map<String, Handler> handlers = new HashMap<>();
    handlers.put("saveObsCredentials", call -> Future.failedFuture(Failure.internal()));
    handlers.put("loadObsCredentials", call -> Future.failedFuture(Failure.internal()));
    handlers.put("deleteObsCredentials", call -> Future.failedFuture(Failure.internal()));
    return handlers;
  }
}
