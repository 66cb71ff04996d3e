package dev.sluice.app.identity;

import dev.sluice.app.Engine;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Reply;
import dev.sluice.guard.CrossSite;
import dev.sluice.identity.audit.Entry;
import dev.sluice.identity.oauth.ProviderToken;
import dev.sluice.identity.session.Session;
import dev.sluice.identity.session.SessionSettings.SameSite;
import dev.sluice.identity.signin.SignedIn;
import dev.sluice.identity.user.User;
import dev.sluice.provider.email.EmailAddress;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.UUID;

/** How calls are read here, and what they are answered with. */
final class Answers {
  static final String REFRESH = CrossSite.COOKIE;
  static final String PROVIDER = "__Host-provider";
  static final String BROWSER = "__Host-oauth";

  private Answers() {}

  /** {@code {accessToken, expiresIn, csrfToken, user}}. */
  record SignedInBody(String accessToken, long expiresIn, String csrfToken, User user) {}

  /** The same, with what the provider has given; its token is null where it gives none any more. */
  record ProviderBody(
      String accessToken,
      long expiresIn,
      String csrfToken,
      User user,
      String provider,
      ProviderToken providerToken) {}

  /** Of nobody's cache. */
  static Reply json(Object body) {
    return Reply.json(body).with("cache-control", "no-store");
  }

  static Reply nothing() {
    return Reply.of(204, Body.NONE).with("cache-control", "no-store");
  }

  static Reply signedIn(Engine engine, SignedIn in) {
    SignedInBody body =
        new SignedInBody(in.accessToken(), in.expiresIn(), in.csrfToken(), in.user());
    return withRefresh(engine, json(body), in);
  }

  static Reply withRefresh(Engine engine, Reply reply, SignedIn in) {
    return with(engine, reply, REFRESH, in.kept().refreshToken(), in.kept().lives());
  }

  /**
   * With a cookie that no script can read, that goes to no other host, and over TLS alone (RFC
   * 6265bis §4.1.3.2).
   */
  static Reply with(Engine engine, Reply reply, String name, String value, Duration lives) {
    SameSite sameSite = engine.identity().settings().sessions().sameSite();
    String cookie =
        name
            + "="
            + value
            + "; Path=/; Max-Age="
            + lives.toSeconds()
            + "; Secure; HttpOnly; SameSite="
            + sameSite.word();
    return reply.with("set-cookie", cookie);
  }

  /** Without the cookies of a session that is over. */
  static Reply signedOut(Engine engine, Reply reply) {
    return without(engine, without(engine, reply, REFRESH), PROVIDER);
  }

  static Reply without(Engine engine, Reply reply, String cookie) {
    return with(engine, reply, cookie, "", Duration.ZERO);
  }

  /** Of those who call by a token, the user. */
  static UUID user(Call call) {
    try {
      return UUID.fromString(call.caller().subject());
    } catch (IllegalArgumentException | NullPointerException e) { // of a sibling on the bus
      throw Failure.of(Category.AUTHENTICATION, "UNAUTHORIZED", "This caller is no user.")
          .suggest("Call with the id of a user as subject.");
    }
  }

  /** The session that the caller's token is of; null where it is of none. */
  static UUID session(Call call) {
    return call.caller().session() == null ? null : UUID.fromString(call.caller().session());
  }

  static UUID id(Call call) {
    try {
      return UUID.fromString(call.params().text("id"));
    } catch (IllegalArgumentException e) {
      throw Failure.invalid("id", "is no UUID", call.params().text("id"));
    }
  }

  static EmailAddress email(String field, String text) {
    try {
      return EmailAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw Failure.invalid(field, e.getMessage(), null);
    }
  }

  /** Ends a session and writes it down as this action; whether there was one to end. */
  static Future<Boolean> end(Engine engine, Call call, UUID user, UUID session, String action) {
    return engine
        .identity()
        .sessions()
        .end(user, session, action)
        .onSuccess(
            ended -> {
              if (!ended) return;
              Entry entry = Entry.done(user, action, "session", session, call.caller().peer());
              engine.identity().audit().write(entry);
            });
  }

  /** A session, and whether it is that of the call. */
  static JsonObject session(Session session, UUID current) {
    return JsonObject.mapFrom(session).put("current", session.id().equals(current));
  }
}
