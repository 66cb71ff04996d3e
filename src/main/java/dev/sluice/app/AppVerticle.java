package dev.sluice.app;

import dev.sluice.contract.Operation;
import dev.sluice.realtime.channel.ChannelKind;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Answers an app's operations at their origin addresses. */
public final class AppVerticle extends Answering {
  private final App app;
  private final Engine engine;
  private Map<String, ChannelKind> kinds = Map.of();
  private Runnable end = () -> {};

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
          serving.add(answers(operation.origin().serve(vertx, handler::answer)));
        });
    kinds = app.channels(engine);
    kinds.forEach((kind, by) -> engine.channels().own(kind, by).forEach(c -> answers(c)));
    serving.add(
        answers(
            Forget.address(app.name())
                .serve(vertx, asked -> app.forget(engine, asked.user()).map(Forgotten::new))));
    return Future.all(serving).onSuccess(ready -> end = app.begin(engine, vertx));
  }

  @Override
  public Future<?> stop() {
    end.run();
    kinds.keySet().forEach(engine.channels()::disown);
    return Future.succeededFuture();
  }
}
