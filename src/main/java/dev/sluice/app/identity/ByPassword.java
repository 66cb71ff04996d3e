package dev.sluice.app.identity;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Peer;
import dev.sluice.call.Reply;
import dev.sluice.identity.Identity;
import dev.sluice.identity.audit.Entry;
import dev.sluice.identity.user.User;
import dev.sluice.provider.email.EmailAddress;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** Signing in by a password (seed 002), and setting one. */
final class ByPassword {
  /** A token that was stolen later must not be a way to stay. */
  private static final Duration FRESH = Duration.ofHours(1);

  private final Engine engine;

  ByPassword(Engine engine) {
    this.engine = engine;
  }

  Map<String, Handler> handlers() {
    return Map.of("passwordLogin", this::passwordLogin, "setOwnPassword", this::setOwnPassword);
  }

  private Future<Reply> passwordLogin(Call call) {
    Identity identity = engine.identity();
    JsonObject body = Answers.body(call);
    EmailAddress email = Answers.email("email", body.getString("email"));
    Peer peer = call.caller().peer();
    return identity
        .passwords()
        .verify(email, body.getString("password"), peer)
        .onFailure(e -> refused(e, peer))
        .compose(id -> identity.users().get(id))
        .compose(user -> identity.signIn().by(user, "password", peer))
        .map(in -> Answers.signedIn(engine, in));
  }

  private void refused(Throwable why, Peer peer) {
    boolean theirs = Failure.from(why).status() < 500;
    if (theirs) engine.identity().signIn().refused(null, "password", why, peer);
  }

  private Future<Reply> setOwnPassword(Call call) {
    Identity identity = engine.identity();
    JsonObject body = Answers.body(call);
    UUID id = Answers.user(call);
    UUID session = Answers.session(call);
    Peer peer = call.caller().peer();
    return identity
        .users()
        .get(id)
        .compose(user -> fresh(user, session).map(user))
        .compose(
            user ->
                identity
                    .passwords()
                    .change(user, body.getString("currentPassword"), body.getString("newPassword")))
        .compose(user -> identity.sessions().endAll(id, session, "password"))
        .onSuccess(
            ended ->
                identity
                    .audit()
                    .write(Entry.done(id, "password.set", "user", id, peer).with("ended", ended)))
        .map(ended -> Answers.nothing());
  }

  /** A first password needs a session that has just begun; to change one needs the one before. */
  private Future<Void> fresh(User user, UUID session) {
    Identity identity = engine.identity();
    return identity
        .users()
        .password(user.id())
        .compose(
            kept -> {
              boolean first = kept.map(k -> k.hash() == null).orElse(true);
              if (!first) return Future.succeededFuture();
              return identity
                  .sessions()
                  .list(user.id())
                  .compose(
                      sessions ->
                          sessions.stream()
                                  .filter(s -> s.id().equals(session))
                                  .anyMatch(s -> s.createdAt().isAfter(Instant.now().minus(FRESH)))
                              ? Future.succeededFuture()
                              : Future.failedFuture(stale()));
            });
  }

  private static Failure stale() {
    return Failure.of(
            Category.AUTHORIZATION, "SIGN_IN_AGAIN", "A first password needs a fresh sign-in.")
        .suggest("Sign in again, and set it within an hour.");
  }
}
