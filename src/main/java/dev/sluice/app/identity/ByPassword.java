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
import dev.sluice.identity.signin.Passwords;
import dev.sluice.identity.signin.SignedIn;
import dev.sluice.identity.user.Users;
import dev.sluice.provider.email.EmailAddress;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Signing in by a password (seed 002), and setting one. */
final class ByPassword {
  /** A token that was stolen later must not be a way to stay. */
  private static final Duration FRESH = Duration.ofHours(1);

  private static final String METHOD = "password";
  private static final Set<String> PROVING = Set.of("code", "google", "microsoft");

  private final Engine engine;

  ByPassword(Engine engine) {
    this.engine = engine;
  }

  Map<String, Handler> handlers() {
    return Map.of("passwordLogin", this::passwordLogin, "setOwnPassword", this::setOwnPassword);
  }

  private Future<Reply> passwordLogin(Call call) {
    Identity identity = engine.identity();
    JsonObject body = call.body().object();
    EmailAddress email = Answers.email("email", body.getString("email"));
    Peer peer = call.caller().peer();
    return identity
        .passwords()
        .verify(email, body.getString("password"), peer)
        .onFailure(e -> refused(email, e, peer))
        .compose(kept -> open(kept, peer))
        .map(in -> Answers.signedIn(engine, in));
  }

  /** A session by a password that is changed meanwhile would outlive the change. */
  private Future<SignedIn> open(Users.Kept kept, Peer peer) {
    Identity identity = engine.identity();
    return identity
        .users()
        .get(kept.id())
        .compose(user -> identity.signIn().by(user, METHOD, peer))
        .compose(
            in ->
                identity
                    .passwords()
                    .still(kept)
                    .recover(e -> end(in).transform(ended -> Future.failedFuture(e)))
                    .map(in));
  }

  private Future<Boolean> end(SignedIn in) {
    return engine.identity().sessions().end(in.kept().user(), in.kept().session(), METHOD);
  }

  private void refused(EmailAddress email, Throwable why, Peer peer) {
    boolean theirs = Failure.from(why).status() < 500;
    if (theirs) engine.identity().signIn().refused(email.normal(), METHOD, why, peer);
  }

  private Future<Reply> setOwnPassword(Call call) {
    Identity identity = engine.identity();
    JsonObject body = call.body().object();
    UUID id = Answers.user(call);
    UUID session = Answers.session(call);
    Peer peer = call.caller().peer();
    return identity
        .users()
        .get(id)
        .compose(
            user ->
                hasJustProved(id, session)
                    .compose(proved -> identity.passwords().change(user, change(body, proved))))
        .compose(user -> identity.sessions().endAll(id, session, METHOD))
        .onSuccess(
            ended ->
                identity
                    .audit()
                    .write(Entry.done(id, "password.set", "user", id, peer).with("ended", ended)))
        .onFailure(e -> notSet(id, Failure.from(e), peer))
        .map(ended -> Answers.nothing());
  }

  private static Passwords.Change change(JsonObject body, boolean proved) {
    return new Passwords.Change(
        body.getString("currentPassword"), body.getString("newPassword"), proved);
  }

  /** Somebody may be guessing; what is only badly chosen is nobody's business. */
  private void notSet(UUID id, Failure why, Peer peer) {
    boolean theirs = why.status() < 500 && why.category() != Category.VALIDATION;
    if (!theirs) return;
    engine.identity().audit().write(Entry.failed(id, "password.set", "user", id, why.code(), peer));
  }

  /** Who has just proved in another way who it is may have forgotten the password before. */
  private Future<Boolean> hasJustProved(UUID user, UUID session) {
    Instant latest = Instant.now().minus(FRESH);
    return engine
        .identity()
        .sessions()
        .list(user)
        .map(
            sessions ->
                sessions.stream()
                    .filter(s -> s.id().equals(session) && s.createdAt().isAfter(latest))
                    .anyMatch(s -> PROVING.contains(s.method())));
  }
}
