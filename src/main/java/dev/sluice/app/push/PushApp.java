package dev.sluice.app.push;

import dev.sluice.app.App;
import dev.sluice.app.Engine;
import dev.sluice.push.Pushes;
import dev.sluice.store.SealedColumn;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/** Web Push, as browsers and their users ask for it. */
public final class PushApp implements App {
  public static final String NAME = Pushes.SCHEMA;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Map<String, Handler> handlers(Engine engine) {
    return new PushOperations(engine).handlers();
  }

  @Override
  public Future<Map<String, Long>> forget(Engine engine, String user) {
    return engine.pushes().forget(user);
  }

  @Override
  public List<SealedColumn> sealed() {
    return Pushes.SEALED;
  }
}
