package dev.sluice.app.identity;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.identity.Identity;
import dev.sluice.identity.token.Account;
import dev.sluice.identity.token.NoToken;
import dev.sluice.identity.token.Principal;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;

/** Tokens, as other services see them (seed 003). */
final class TokenOperations {
  private final Engine engine;

  TokenOperations(Engine engine) {
    this.engine = engine;
  }

  Map<String, Handler> handlers() {
    return Map.of(
        "validateToken", this::validateToken,
        "revokeToken", this::revokeToken,
        "getJwks", this::getJwks);
  }

  private Future<Reply> validateToken(Call call) {
    Identity identity = engine.identity();
    JsonObject body = call.body().object();
    return identity
        .tokens()
        .check(body.getString("token"))
        .compose(
            whose ->
                identity
                    .accounts()
                    .find(whose)
                    .compose(account -> described(whose, account, body.getString("permission"))))
        .recover(TokenOperations::invalid)
        .map(Answers::json);
  }

  private Future<JsonObject> described(Principal whose, Account account, String permission) {
    return engine
        .identity()
        .users()
        .get(UUID.fromString(account.user()))
        .map(
            user -> {
              JsonObject said =
                  new JsonObject()
                      .put("valid", true)
                      .put("userId", account.user())
                      .put("sessionId", whose.session())
                      .put("roles", new JsonArray(List.copyOf(new TreeSet<>(account.roles()))))
                      .put(
                          "permissions",
                          new JsonArray(List.copyOf(new TreeSet<>(account.permissions()))))
                      .put("tier", user.tier().word())
                      .put("expiresAt", expires(whose).toString());
              if (permission == null) return said;
              return said.put("allowed", account.permissions().contains(permission));
            });
  }

  /** As the token says; it is taken for a little longer, for clocks are apart. */
  private Instant expires(Principal whose) {
    return Instant.ofEpochMilli(whose.expires()).minus(engine.identity().settings().leeway());
  }

  private static Future<JsonObject> invalid(Throwable cause) {
    boolean disabled =
        cause instanceof Failure failure && failure.code().equals("ACCOUNT_DISABLED");
    if (!(cause instanceof NoToken) && !disabled) return Future.failedFuture(cause);
    return Future.succeededFuture(
        new JsonObject().put("valid", false).put("reason", cause.getMessage()));
  }

  /** Of either kind (RFC 7009 §2.1). */
  private Future<Reply> revokeToken(Call call) {
    Identity identity = engine.identity();
    String token = call.body().object().getString("token");
    if (identity.sessions().named(token) != null) {
      return identity
          .sessions()
          .of(token)
          .compose(
              session ->
                  session
                      .map(s -> end(call, s.userId(), s.id()))
                      .orElseGet(() -> Future.succeededFuture(false)))
          .map(ended -> revoked());
    }
    return identity
        .tokens()
        .check(token)
        .compose(
            whose ->
                whose.isOurs()
                    ? end(call, UUID.fromString(whose.subject()), UUID.fromString(whose.session()))
                    : Future.succeededFuture(false))
        .recover(e -> e instanceof NoToken ? Future.succeededFuture(false) : Future.failedFuture(e))
        .map(ended -> revoked());
  }

  private Future<Boolean> end(Call call, UUID user, UUID session) {
    return Answers.end(engine, call, user, session, "token.revoke");
  }

  private static Reply revoked() {
    return Reply.of(200, Body.NONE).with("cache-control", "no-store");
  }

  /** Others may keep it for an hour: a key is published for as long before it signs. */
  private Future<Reply> getJwks(Call call) {
    Body keys =
        new Body(engine.identity().keys().published().toBuffer(), "application/jwk-set+json");
    return Future.succeededFuture(
        Reply.of(200, keys)
            .with("cache-control", "public, max-age=" + engine.identity().keysAge()));
  }
}
