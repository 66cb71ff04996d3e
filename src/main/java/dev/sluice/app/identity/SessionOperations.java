package dev.sluice.app.identity;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Reply;
import dev.sluice.identity.Identity;
import dev.sluice.identity.audit.Entry;
import dev.sluice.identity.session.Session;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Sessions, as their users see and end them. */
final class SessionOperations {
  private final Engine engine;

  SessionOperations(Engine engine) {
    this.engine = engine;
  }

  Map<String, Handler> handlers() {
    return Map.of(
        "refresh", this::refresh,
        "logout", this::logout,
        "endLoginSession", this::logout,
        "passwordLogout", this::logout,
        "getSession", this::getSession,
        "listSessions", this::listSessions,
        "endSession", this::endSession,
        "endOtherSessions", this::endOtherSessions);
  }

  /** Of the cookie. Throws 401 where there is none. */
  static String refreshToken(Call call) {
    String token = call.params().text(Answers.REFRESH);
    if (token != null) return token;
    throw Failure.of(
            Category.AUTHENTICATION, "REFRESH_TOKEN_MISSING", "There is no refresh cookie.")
        .suggest("Sign in, and send the cookies along (fetch: credentials).");
  }

  private Future<Reply> refresh(Call call) {
    return engine
        .identity()
        .signIn()
        .again(refreshToken(call), call.caller().peer())
        .map(in -> Answers.signedIn(engine, in));
  }

  /** Whatever comes of it, the cookies are gone. */
  private Future<Reply> logout(Call call) {
    String token = call.params().text(Answers.REFRESH);
    if (token == null && call.caller().isAnonymous()) {
      throw Failure.of(Category.AUTHENTICATION, "UNAUTHORIZED", "Nobody is signed in.")
          .suggest("Send the cookie, or the access token as Authorization: Bearer <token>.");
    }
    return (token == null ? ofCaller(call) : ofCookie(token))
        .compose(
            session ->
                session.isEmpty()
                    ? Future.succeededFuture()
                    : end(call, session.get().user, session.get().id))
        .map(ended -> Answers.signedOut(engine, Answers.nothing()));
  }

  private record Named(UUID id, UUID user) {}

  private Future<Optional<Named>> ofCookie(String token) {
    return engine
        .identity()
        .sessions()
        .of(token)
        .map(session -> session.map(s -> new Named(s.id(), s.userId())));
  }

  private static Future<Optional<Named>> ofCaller(Call call) {
    UUID session = Answers.session(call);
    return Future.succeededFuture(
        session == null ? Optional.empty() : Optional.of(new Named(session, Answers.user(call))));
  }

  private Future<Boolean> end(Call call, UUID user, UUID session) {
    return Answers.end(engine, call, user, session, "session.end");
  }

  /** {@code {authenticated, csrfToken?, user?, session?}}. */
  private Future<Reply> getSession(Call call) {
    Identity identity = engine.identity();
    String token = call.params().text(Answers.REFRESH);
    Future<Optional<Session>> session =
        token == null ? Future.succeededFuture(Optional.empty()) : identity.sessions().of(token);
    return session.compose(
        found -> {
          if (found.isPresent()) return described(found.get());
          if (call.caller().isAnonymous()) {
            return Future.succeededFuture(
                Answers.json(new JsonObject().put("authenticated", false)));
          }
          return identity
              .users()
              .get(Answers.user(call))
              .map(
                  user ->
                      Answers.json(
                          new JsonObject()
                              .put("authenticated", true)
                              .put("user", JsonObject.mapFrom(user))));
        });
  }

  private Future<Reply> described(Session session) {
    Identity identity = engine.identity();
    return identity
        .users()
        .get(session.userId())
        .map(
            user ->
                Answers.json(
                    new JsonObject()
                        .put("authenticated", true)
                        .put("csrfToken", identity.sessions().csrf(session.id()))
                        .put("user", JsonObject.mapFrom(user))
                        .put("session", Answers.session(session, session.id()))));
  }

  private Future<Reply> listSessions(Call call) {
    UUID current = Answers.session(call);
    return engine
        .identity()
        .sessions()
        .list(Answers.user(call))
        .map(
            sessions -> {
              JsonArray all = new JsonArray();
              sessions.forEach(session -> all.add(Answers.session(session, current)));
              return Answers.json(new JsonObject().put("sessions", all));
            });
  }

  private Future<Reply> endSession(Call call) {
    return end(call, Answers.user(call), Answers.id(call))
        .map(
            ended -> {
              if (ended) return Answers.nothing();
              throw Failure.notFound("SESSION_NOT_FOUND", "There is no such session of yours.")
                  .suggest("GET /auth/sessions lists those there are.");
            });
  }

  private Future<Reply> endOtherSessions(Call call) {
    Identity identity = engine.identity();
    UUID user = Answers.user(call);
    return identity
        .sessions()
        .endAll(user, Answers.session(call), "logout")
        .onSuccess(
            ended ->
                identity
                    .audit()
                    .write(
                        Entry.done(user, "session.end-others", "user", user, call.caller().peer())
                            .with("ended", ended)))
        .map(ended -> Answers.json(new JsonObject().put("ended", ended)));
  }
}
