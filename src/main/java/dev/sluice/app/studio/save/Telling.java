package dev.sluice.app.studio.save;

import dev.sluice.app.Engine;
import dev.sluice.app.studio.save.Done.Change;
import dev.sluice.call.Call;
import dev.sluice.call.Reply;
import dev.sluice.realtime.channel.Channels;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.SqlClient;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a user's other machines of what has changed. */
final class Telling {
  private static final Logger LOG = LoggerFactory.getLogger(Telling.class);

  private final Engine engine;

  Telling(Engine engine) {
    this.engine = engine;
  }

  /** Does what a call asks for, and tells of it once it is committed. */
  Future<Reply> of(Call call, Owner owner, Function<SqlClient, Future<Done>> work) {
    AtomicReference<List<Change>> changes = new AtomicReference<>(List.of());
    return engine
        .statement(
            call,
            client ->
                work.apply(client).onSuccess(done -> changes.set(done.changes())).map(Done::reply))
        .onSuccess(
            reply -> {
              if (owner.user() != null && !changes.get().isEmpty())
                tell(call, owner, changes.get());
            });
  }

  /** Whoever hears of it and loads at once is not to be answered from before. */
  private void tell(Call call, Owner owner, List<Change> changes) {
    engine
        .invalidate(call)
        .onComplete(
            stale -> {
              for (Change change : changes) tell(Channels.USER + ":" + owner.user(), change);
            });
  }

  private void tell(String channel, Change change) {
    Save save = change.save();
    JsonObject data =
        new JsonObject()
            .put("slot", save.slot())
            .put("version", save.version())
            .put("status", change.status());
    if (!change.status().equals("deleted")) data.put("etag", save.etag());
    if (save.device() != null) data.put("device", save.device());
    data.put("savedAt", save.savedAt().toString());
    engine
        .channels()
        .publish(channel, "SAVE_CHANGED", data, "save " + save.version() + " " + save.slot())
        .onFailure(e -> LOG.warn("SAVE_CHANGED is not told: {}", e.getMessage()));
  }
}
