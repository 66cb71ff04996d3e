package dev.sluice.app.studio.obs;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.identity.audit.Entry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.SqlClient;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/**
 * How users reach their OBS (seed 000). That it was asked for is written down, what it is never.
 */
public final class ObsOperations {
  private static final String RESOURCE = "obs_credentials";

  private final Engine engine;
  private final Vault vault;

  public ObsOperations(Engine engine) {
    this.engine = engine;
    this.vault = new Vault(engine::secrets);
  }

  public Map<String, Handler> handlers() {
    return Map.of(
        "saveObsCredentials", this::save,
        "loadObsCredentials", this::load,
        "deleteObsCredentials", this::delete);
  }

  /** Removes all of a user's; says of how many of what. */
  public Future<Map<String, Long>> forget(String user) {
    return Vault.forget(engine.database("studio"), user)
        .map(gone -> gone == 0 ? Map.of() : Map.of("obsCredentials", gone));
  }

  private Future<Reply> save(Call call) {
    Credentials credentials = Credentials.of(call.body().bytes().toJsonObject());
    return audited(
        call,
        "obs.save",
        sql ->
            vault
                .put(sql, owner(call), credentials)
                .map(kept -> kept.shown().put("success", true)));
  }

  private Future<Reply> load(Call call) {
    return audited(
        call,
        "obs.load",
        sql ->
            vault
                .find(sql, owner(call))
                .map(kept -> kept.shown().put("password", kept.credentials().password())));
  }

  private Future<Reply> delete(Call call) {
    return audited(
        call,
        "obs.delete",
        sql -> Vault.remove(sql, owner(call)).map(gone -> new JsonObject().put("success", true)));
  }

  /**
   * Answers once what came of it stands in the audit log: nobody has it of whom that is unknown.
   */
  private Future<Reply> audited(
      Call call, String action, Function<SqlClient, Future<JsonObject>> work) {
    return engine
        .statement(
            call,
            sql -> work.apply(sql).map(said -> Reply.json(said).with("cache-control", "no-store")))
        .compose(
            reply -> engine.identity().noted(done(call, action)).map(reply),
            cause ->
                engine
                    .identity()
                    .noted(failed(call, action, Failure.from(cause).code()))
                    .transform(written -> Future.failedFuture(cause)));
  }

  private static Entry done(Call call, String action) {
    return Entry.done(user(call), action, RESOURCE, owner(call), call.caller().peer());
  }

  private static Entry failed(Call call, String action, String code) {
    return Entry.failed(user(call), action, RESOURCE, owner(call), code, call.caller().peer());
  }

  private static String owner(Call call) {
    return call.caller().subject();
  }

  /** Null where an outside issuer knows the caller by another kind of id. */
  private static UUID user(Call call) {
    try {
      return UUID.fromString(owner(call));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
