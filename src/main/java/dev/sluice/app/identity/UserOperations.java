package dev.sluice.app.identity;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.call.Call;
import dev.sluice.call.Reply;
import dev.sluice.identity.Identity;
import dev.sluice.identity.audit.Entry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.UUID;

/** What users see and say of themselves (seed 003). */
final class UserOperations {
  private final Engine engine;
  private final Forgetting forgetting;

  UserOperations(Engine engine) {
    this.engine = engine;
    this.forgetting = new Forgetting(engine);
  }

  Map<String, Handler> handlers() {
    return Map.of(
        "getMe", this::getUser,
        "getProfile", this::getUser,
        "getOwnUser", this::getUser,
        "patchOwnUser", this::patchUser,
        "deleteOwnUser", this::deleteUser,
        "getOwnTier", this::getTier);
  }

  private Future<Reply> getUser(Call call) {
    return engine.identity().users().get(Answers.user(call)).map(Answers::json);
  }

  private Future<Reply> patchUser(Call call) {
    Identity identity = engine.identity();
    UUID user = Answers.user(call);
    JsonObject profile = call.body().object().getJsonObject("profile", new JsonObject());
    return identity
        .users()
        .patch(user, profile)
        .onSuccess(
            done ->
                identity
                    .audit()
                    .write(Entry.done(user, "user.update", "user", user, call.caller().peer())))
        .map(Answers::json);
  }

  private Future<Reply> getTier(Call call) {
    return engine
        .identity()
        .users()
        .get(Answers.user(call))
        .map(user -> Answers.json(new JsonObject().put("tier", user.tier().word())));
  }

  private Future<Reply> deleteUser(Call call) {
    return forgetting
        .forget(Answers.user(call), null, call)
        .map(said -> Answers.signedOut(engine, Answers.json(said)));
  }
}
