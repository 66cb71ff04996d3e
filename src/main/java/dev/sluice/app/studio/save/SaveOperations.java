package dev.sluice.app.studio.save;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.call.Call;
import dev.sluice.call.Reply;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import java.util.HashMap;
import java.util.Map;

/** Saves of users and of devices (seed 000). */
public final class SaveOperations {
  private static final String SCHEMA = "studio";
  private static final int LARGE = 64 * 1024; // bytes that an event loop does not inflate

  private final Engine engine;
  private final Saves saves;
  private final Saving saving;

  public SaveOperations(Engine engine) {
    this.engine = engine;
    this.saves = new Saves(() -> engine.settings(SaveSettings.class));
    this.saving = new Saving(engine, saves);
  }

  public Map<String, Handler> handlers() {
    Map<String, Handler> handlers = new HashMap<>();
    handlers.put("saveCloud", call -> saving.save(user(call), call));
    handlers.put("loadCloud", call -> load(user(call), call));
    handlers.put("listCloud", call -> list(user(call)));
    handlers.put("deleteCloud", call -> saving.delete(user(call), call));
    handlers.put("listCloudVersions", this::versions);
    handlers.put("restoreCloud", call -> saving.restore(user(call), call));
    handlers.put("claimCloud", call -> saving.claim(device(call), user(call), call));
    handlers.put("saveDevice", call -> unkept(saving.save(device(call), call)));
    handlers.put("loadDevice", call -> unkept(load(device(call), call)));
    handlers.put("listDevice", call -> unkept(list(device(call))));
    handlers.put("deleteDevice", call -> unkept(saving.delete(device(call), call)));
    return handlers;
  }

  private static Owner user(Call call) {
    return Owner.user(call.caller().subject());
  }

  private Owner device(Call call) {
    return Owner.device(call, engine.secrets());
  }

  /** What is asked for with a secret header must not be answered to who asks without. */
  private static Future<Reply> unkept(Future<Reply> reply) {
    return reply.map(r -> r.with("cache-control", "no-store"));
  }

  private Future<Reply> load(Owner owner, Call call) {
    String slot = SlotName.of(call.params().text("slot"));
    Integer version =
        call.params().has("version") ? (Integer) call.params().integer("version", 0) : null;
    return saves
        .load(database(), owner, slot, version)
        .compose(
            found -> {
              if (found == null) {
                throw version == null ? Refusals.noSlot(slot) : Refusals.noVersion(slot, version);
              }
              return raw(found).map(configs -> Answers.loaded(found.save(), configs));
            });
  }

  private Future<Buffer> raw(Saves.Loaded found) {
    return found.save().size() > LARGE
        ? engine.aside(() -> Content.raw(found.content()))
        : Future.succeededFuture(Content.raw(found.content()));
  }

  private Future<Reply> list(Owner owner) {
    return saves
        .list(database(), owner)
        .map(all -> Answers.list(all, engine.settings(SaveSettings.class)));
  }

  private Future<Reply> versions(Call call) {
    String slot = SlotName.of(call.params().text("slot"));
    return saves
        .versions(database(), user(call), slot)
        .map(
            found -> {
              if (found.saves().isEmpty()) throw Refusals.noSlot(slot);
              return Answers.versions(slot, found);
            });
  }

  /** Begins to remove what was deleted, or left, long ago; gives what ends that. */
  public Runnable begin(Vertx vertx) {
    Runnable deleted = new Sweeper(vertx, () -> saves.sweep(database(), Sweeper.MOST)).begin();
    Runnable left = new Sweeper(vertx, () -> saves.sweepDevices(database(), Sweeper.MOST)).begin();
    return () -> {
      deleted.run();
      left.run();
    };
  }

  /** Removes all that a user has: how many slots, deleted ones counted in. */
  public Future<Map<String, Long>> forget(String user) {
    return saves
        .forget(database(), Owner.user(user))
        .map(gone -> gone == 0 ? Map.<String, Long>of() : Map.of("saves", gone));
  }

  private Pool database() {
    return engine.database(SCHEMA);
  }
}
