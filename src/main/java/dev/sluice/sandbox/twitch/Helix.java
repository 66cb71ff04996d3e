package dev.sluice.sandbox.twitch;

import dev.sluice.sandbox.Answer;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;

/**
 * The door of the Helix role: checks token and client, takes a point, and shapes errors.
 *
 * @see <a href="https://dev.twitch.tv/docs/api/guide/">Twitch API concepts</a>
 */
final class Helix {

  private final Tokens tokens;
  private final Quota quota;

  /** A request that passed the door. */
  record Request(Query query, Token token) {}

  /** Helix's error shape. */
  record ErrorBody(String error, int status, String message) {}

  Helix(Tokens tokens, Quota quota) {
    this.tokens = tokens;
    this.quota = quota;
  }

  /** An operation that answers 200 with what {@code endpoint} gives, or its {@link TwitchError}. */
  Function<RoutingContext, Answer> behindDoor(Function<Request, Object> endpoint) {
    return ctx -> {
      Quota.Reading reading = quota.untouched();
      try {
        Token token = authenticate(ctx.request());
        reading = quota.take(bucketOf(token));
        if (!reading.granted()) {
          throw new TwitchError(429, "");
        }
        Object body = endpoint.apply(new Request(new Query(ctx.queryParams()), token));
        return limited(Answer.json(200, body), reading);
      } catch (TwitchError e) {
        return limited(error(e.status(), e.getMessage()), reading);
      }
    };
  }

  /** An error that does not come from an endpoint. */
  Answer failure(int status) {
    String message = status == 401 ? "Invalid OAuth token" : "";
    return limited(error(status, message), status == 429 ? quota.exhausted() : quota.untouched());
  }

  private Token authenticate(HttpServerRequest request) {
    String authorization = request.getHeader("authorization");
    if (authorization == null || authorization.isBlank()) {
      throw TwitchError.unauthorized("OAuth token is missing");
    }
    String[] schemeAndToken = authorization.trim().split(" +", 2);
    if (schemeAndToken.length < 2 || !schemeAndToken[0].equalsIgnoreCase("bearer")) {
      throw TwitchError.unauthorized("OAuth token is missing");
    }
    Token token =
        tokens
            .valid(schemeAndToken[1])
            .orElseThrow(() -> TwitchError.unauthorized("Invalid OAuth token"));
    if (!token.clientId().equals(request.getHeader("client-id"))) {
      throw TwitchError.unauthorized("Client ID and OAuth token do not match");
    }
    return token;
  }

  private static String bucketOf(Token token) {
    return token.ofApp() ? token.clientId() : token.clientId() + " " + token.user().id();
  }

  private static Answer error(int status, String message) {
    String reason = HttpResponseStatus.valueOf(status).reasonPhrase();
    return Answer.json(status, new ErrorBody(reason, status, message));
  }

  private static Answer limited(Answer answer, Quota.Reading reading) {
    return answer
        .with("Ratelimit-Limit", String.valueOf(reading.limit()))
        .with("Ratelimit-Remaining", String.valueOf(reading.remaining()))
        .with("Ratelimit-Reset", String.valueOf(reading.reset()));
  }
}
