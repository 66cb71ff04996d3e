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
import dev.sluice.identity.oauth.Granted;
import dev.sluice.identity.oauth.OAuth;
import dev.sluice.identity.oauth.Provided;
import dev.sluice.identity.oauth.ProviderCookie.Content;
import dev.sluice.identity.oauth.ProviderToken;
import dev.sluice.identity.signin.SignedIn;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signing in at Google or Microsoft (seed 001). */
final class ByProvider {
  private static final Logger LOG = LoggerFactory.getLogger(ByProvider.class);

  private final Engine engine;

  ByProvider(Engine engine) {
    this.engine = engine;
  }

  Map<String, Handler> handlers() {
    return Map.of(
        "beginLogin", this::beginLogin,
        "endLogin", this::endLogin,
        "refreshLogin", this::refreshLogin);
  }

  private Future<Reply> beginLogin(Call call) {
    JsonObject body = call.body().object();
    String hint = body.getString("loginHint");
    Duration lifetime = engine.identity().settings().oauth().lifetime();
    OAuth.Wish wish =
        new OAuth.Wish(
            body.getString("provider"),
            body.getString("redirectUri"),
            body.getString("codeChallenge"),
            hint == null ? null : Answers.email("loginHint", hint).text());
    return engine
        .identity()
        .oauth()
        .begin(wish)
        .map(
            begun -> {
              Reply reply =
                  Answers.json(
                      new JsonObject()
                          .put("authorizationUrl", begun.authorizationUrl())
                          .put("state", begun.state())
                          .put("expiresIn", lifetime.toSeconds()));
              return Answers.with(engine, reply, Answers.BROWSER, begun.browser(), lifetime);
            });
  }

  private Future<Reply> endLogin(Call call) {
    Identity identity = engine.identity();
    JsonObject body = call.body().object();
    Peer peer = call.caller().peer();
    OAuth.Return back =
        new OAuth.Return(
            body.getString("code"),
            body.getString("state"),
            body.getString("codeVerifier"),
            call.params().text(Answers.BROWSER));
    return identity
        .oauth()
        .end(back)
        .onFailure(e -> refused(e, peer))
        .compose(
            provided ->
                identity
                    .users()
                    .of(provided.way())
                    .compose(user -> identity.signIn().by(user, provided.provider(), peer))
                    .map(in -> signedIn(in, provided)));
  }

  private void refused(Throwable why, Peer peer) {
    boolean theirs = Failure.from(why).status() < 500;
    if (theirs) engine.identity().signIn().refused(null, "provider", why, peer);
  }

  private Reply signedIn(SignedIn in, Provided provided) {
    Granted granted = provided.granted();
    Content content = new Content(provided.provider(), granted.refreshToken(), 0);
    Reply reply = answer(in, content, granted.token());
    return Answers.without(engine, reply, Answers.BROWSER);
  }

  /**
   * What it has, with the cookies; {@code content} is null where the user must sign in at a
   * provider's again, and {@code token} where there is none just now.
   */
  private Reply answer(SignedIn in, Content content, ProviderToken token) {
    Reply reply =
        Answers.json(
            new Answers.ProviderBody(
                in.accessToken(),
                in.expiresIn(),
                in.csrfToken(),
                in.user(),
                content == null ? null : content.provider(),
                token));
    Reply kept = Answers.withRefresh(engine, reply, in);
    Optional<String> sealed =
        Optional.ofNullable(content)
            .flatMap(c -> engine.identity().providerCookie().seal(in.kept().session(), c));
    return sealed
        .map(value -> Answers.with(engine, kept, Answers.PROVIDER, value, in.kept().lives()))
        .orElseGet(() -> Answers.without(engine, kept, Answers.PROVIDER));
  }

  private Future<Reply> refreshLogin(Call call) {
    Identity identity = engine.identity();
    Peer peer = call.caller().peer();
    String sealed = call.params().text(Answers.PROVIDER);
    return identity
        .signIn()
        .again(SessionOperations.refreshToken(call), peer)
        .compose(
            in -> {
              Optional<Content> content =
                  Optional.ofNullable(sealed)
                      .flatMap(s -> identity.providerCookie().open(in.kept().session(), s));
              if (content.isEmpty()) return Future.succeededFuture(answer(in, null, null));
              return providerRefresh(in, content.get(), peer);
            });
  }

  private Future<Reply> providerRefresh(SignedIn in, Content content, Peer peer) {
    Identity identity = engine.identity();
    UUID session = in.kept().session();
    return identity
        .providerCookie()
        .take(session, content)
        .compose(
            turn -> {
              if (turn.isEmpty()) return reused(in, peer);
              return identity
                  .oauth()
                  .refresh(content.provider(), content.refreshToken())
                  .map(granted -> answer(in, content.next(granted, turn.get()), granted.token()))
                  .recover(e -> Future.succeededFuture(without(in, content, turn.get(), e)));
            });
  }

  /**
   * The session goes on: its turn is taken, and who got no cookies now would be taken for a thief
   * next time. The provider may be asked again, unless the user has taken the consent back.
   */
  private Reply without(SignedIn in, Content content, int turn, Throwable cause) {
    boolean over = Failure.from(cause).code().equals("PROVIDER_REFUSED");
    LOG.warn("no new token of {}: {}", content.provider(), cause.getMessage());
    return answer(in, over ? null : content.next(null, turn), null);
  }

  private Future<Reply> reused(SignedIn in, Peer peer) {
    Identity identity = engine.identity();
    UUID session = in.kept().session();
    String code = "PROVIDER_COOKIE_REUSED";
    identity
        .audit()
        .write(Entry.failed(in.user().id(), "session.refresh", "session", session, code, peer));
    return identity
        .sessions()
        .end(in.user().id(), session, "reuse")
        .compose(
            ended ->
                Future.failedFuture(
                    Failure.of(
                            Category.AUTHENTICATION,
                            code,
                            "The provider's cookie has been used before: the session is ended.")
                        .suggest("Sign in again.")));
  }
}
