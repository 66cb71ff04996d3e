package dev.sluice.app.identity;

import dev.sluice.app.Engine;
import dev.sluice.call.Call;
import dev.sluice.identity.Identity;
import dev.sluice.identity.audit.Entry;
import io.vertx.core.Future;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Removes a user, everywhere. */
final class Forgetting {
  private final Engine engine;

  Forgetting(Engine engine) {
    this.engine = engine;
  }

  /** By app, how many of each thing are gone, and how many no longer say whose they were. */
  record Forgotten(
      Map<String, Map<String, Long>> deleted, Map<String, Map<String, Long>> anonymised) {}

  /**
   * The apps first: where one of them cannot, the user is still there to ask again. Then the user,
   * who can do nothing more that would be written down.
   *
   * @param by the administrator who does it; null, the user
   */
  Future<Forgotten> forget(UUID user, UUID by, Call call) {
    Identity identity = engine.identity();
    Map<String, Map<String, Long>> deleted = new TreeMap<>();
    return identity
        .users()
        .get(user)
        .compose(there -> engine.forget(user.toString(), Identity.NAME, call.deadline()))
        .onSuccess(deleted::putAll)
        .compose(done -> identity.users().delete(user))
        .onSuccess(rows -> deleted.put(Identity.NAME, rows))
        .compose(gone -> identity.audit().flush())
        .compose(written -> identity.auditLog().forget(user))
        .map(
            entries -> {
              Entry entry = Entry.done(by, "user.delete", "user", user, call.caller().peer());
              identity.audit().write(by == null ? entry.anonymous() : entry);
              Map<String, Long> log = Map.of("audit_logs", entries);
              return new Forgotten(deleted, Map.of(Identity.NAME, log));
            });
  }
}
