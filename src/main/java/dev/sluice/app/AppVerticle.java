package dev.sluice.app;

import dev.sluice.contract.Operation;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Answers an app's operations at their origin addresses. */
public final class AppVerticle extends VerticleBase {
  private final App app;
  private final Engine engine;

  public AppVerticle(App app, Engine engine) {
    this.app = app;
    this.engine = engine;
  }

  @Override
  public Future<?> start() {
    Map<String, App.Handler> handlers = app.handlers(engine);
    List<Future<Void>> serving = new ArrayList<>();
    handlers.forEach(
        (id, handler) -> {
          Operation operation = engine.contract().operation(id);
          serving.add(operation.origin().serve(vertx, handler::answer).completion());
        });
    return Future.all(serving);
  }
}
