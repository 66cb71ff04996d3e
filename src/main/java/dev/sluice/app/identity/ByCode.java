package dev.sluice.app.identity;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.call.Call;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Peer;
import dev.sluice.call.Reply;
import dev.sluice.identity.Identity;
import dev.sluice.provider.email.EmailAddress;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signing in by a code that was mailed (seed 000). */
final class ByCode {
  private static final Logger LOG = LoggerFactory.getLogger(ByCode.class);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Engine engine;
  private final CodeMail mail = new CodeMail();
  private final Map<String, Future<?>> sending = new ConcurrentHashMap<>();

  ByCode(Engine engine) {
    this.engine = engine;
  }

  Map<String, Handler> handlers() {
    return Map.of("requestOtp", this::requestOtp, "verifyOtp", this::verifyOtp);
  }

  /** The mail is sent aside: how long that takes depends on the address. */
  private Future<Reply> requestOtp(Call call) {
    Identity identity = engine.identity();
    identity.requireMail();
    EmailAddress email = Answers.email("email", call.body().object().getString("email"));
    Duration lifetime = identity.settings().codes().lifetime();
    return identity
        .codes()
        .make(email, call.caller().peer())
        .onSuccess(code -> send(email, code, lifetime))
        .map(
            code ->
                Answers.json(
                    new JsonObject()
                        .put("message", "A code is on its way to " + email.text() + ".")
                        .put("expiresIn", lifetime.toSeconds())));
  }

  /** One after the other to an address: the newest mail is to have the code that is good. */
  private void send(EmailAddress email, String code, Duration lifetime) {
    Future<?> sent =
        sending.compute(
            email.normal(),
            (to, before) ->
                (before == null ? Future.succeededFuture() : before)
                    .transform(
                        done ->
                            engine
                                .identity()
                                .mail(
                                    mail.of(email.text(), code, lifetime), Deadline.in(PATIENCE))));
    sent.onFailure(e -> LOG.warn("a code was not sent: {}", e.getMessage()))
        .onComplete(done -> sending.remove(email.normal(), sent));
  }

  private Future<Reply> verifyOtp(Call call) {
    Identity identity = engine.identity();
    JsonObject body = call.body().object();
    EmailAddress email = Answers.email("email", body.getString("email"));
    Peer peer = call.caller().peer();
    return identity
        .codes()
        .take(email, body.getString("code"), peer)
        .onFailure(e -> refused(email, e, peer))
        .compose(proved -> identity.users().ofEmail(email.normal()))
        .compose(user -> identity.signIn().by(user, "code", peer))
        .map(in -> Answers.signedIn(engine, in));
  }

  private void refused(EmailAddress email, Throwable why, Peer peer) {
    boolean theirs = Failure.from(why).status() < 500;
    if (theirs) engine.identity().signIn().refused(email.normal(), "code", why, peer);
  }
}
