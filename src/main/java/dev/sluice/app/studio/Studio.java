package dev.sluice.app.studio;

import dev.sluice.app.App;
import dev.sluice.app.Engine;
import dev.sluice.app.studio.note.Bin;
import dev.sluice.app.studio.note.NoteOperations;
import dev.sluice.app.studio.obs.ObsOperations;
import dev.sluice.app.studio.obs.Vault;
import dev.sluice.app.studio.save.SaveOperations;
import dev.sluice.store.SealedColumn;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The backend of stream-tools front ends (seed 000). */
public final class Studio implements App {
  public static final String NAME = "studio";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Map<String, Handler> handlers(Engine engine) {
    Map<String, Handler> handlers = new HashMap<>(TwitchOperations.handlers(engine));
    handlers.putAll(new SaveOperations(engine).handlers());
    handlers.putAll(new NoteOperations(engine).handlers());
    handlers.putAll(new ObsOperations(engine).handlers());
    return handlers;
  }

  @Override
  public List<SealedColumn> sealed() {
    return List.of(Vault.SEALED);
  }

  @Override
  public Runnable begin(Engine engine, Vertx vertx) {
    List<Runnable> ends =
        List.of(new SaveOperations(engine).begin(vertx), new Bin(engine).begin(vertx));
    return () -> ends.forEach(Runnable::run);
  }

  /** Each part says how many of what. */
  @Override
  public Future<Map<String, Long>> forget(Engine engine, String user) {
    List<Future<Map<String, Long>>> parts =
        List.of(
            new SaveOperations(engine).forget(user),
            new NoteOperations(engine).forget(user),
            new ObsOperations(engine).forget(user));
    return Future.all(parts)
        .map(
            all -> {
              Map<String, Long> counts = new TreeMap<>();
              parts.forEach(part -> counts.putAll(part.result()));
              return counts;
            });
  }
}
