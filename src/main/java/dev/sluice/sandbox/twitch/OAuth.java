package dev.sluice.sandbox.twitch;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.sluice.sandbox.Answer;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * The identity role of Twitch.
 *
 * @see <a href="https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/">Getting tokens</a>
 * @see <a href="https://dev.twitch.tv/docs/authentication/validate-tokens/">Validating tokens</a>
 */
final class OAuth {

  private static final String FORM = "application/x-www-form-urlencoded";

  private final Tokens tokens;

  /** The token endpoint's answer; an app token has neither refresh token nor scope. */
  @JsonNaming(SnakeCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Granted(
      String accessToken,
      long expiresIn,
      String refreshToken,
      List<String> scope,
      String tokenType) {}

  /** What a token is; scopes are null for an app token. */
  @JsonNaming(SnakeCaseStrategy.class)
  record Validated(
      String clientId,
      @JsonInclude(JsonInclude.Include.NON_NULL) String login,
      List<String> scopes,
      @JsonInclude(JsonInclude.Include.NON_NULL) String userId,
      long expiresIn) {}

  /** The identity role's error shape. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ErrorBody(String error, int status, String message) {}

  OAuth(Tokens tokens) {
    this.tokens = tokens;
  }

  /** An operation that answers with its {@link TwitchError} in the identity role's shape. */
  static Function<RoutingContext, Answer> shaped(Function<RoutingContext, Answer> endpoint) {
    return ctx -> {
      try {
        return endpoint.apply(ctx);
      } catch (TwitchError e) {
        return error(e.status(), e.getMessage());
      }
    };
  }

  /** An error that does not come from an endpoint. */
  static Answer failure(int status) {
    String reason = HttpResponseStatus.valueOf(status).reasonPhrase();
    return error(status, reason.toLowerCase(Locale.ROOT));
  }

  Answer token(RoutingContext ctx) {
    String client = required(ctx, "client_id", "missing client id");
    if (!client.equals(Twitch.CLIENT_ID)) {
      throw TwitchError.badRequest("invalid client");
    }
    String secret = required(ctx, "client_secret", "missing client secret");
    if (!secret.equals(Twitch.CLIENT_SECRET)) {
      throw new TwitchError(403, "invalid client secret");
    }
    return switch (required(ctx, "grant_type", "missing grant type")) {
      case "client_credentials" -> granted(tokens.app(client), null);
      case "authorization_code" -> byCode(ctx);
      case "refresh_token" -> refresh(ctx);
      default -> throw TwitchError.badRequest("invalid grant type");
    };
  }

  private Answer byCode(RoutingContext ctx) {
    String code = required(ctx, "code", "missing code");
    required(ctx, "redirect_uri", "missing redirect uri");
    Tokens.Grant grant =
        tokens
            .redeemCode(code)
            .orElseThrow(() -> TwitchError.badRequest("Invalid authorization code"));
    return granted(tokens.user(grant), tokens.refreshFor(grant));
  }

  private Answer refresh(RoutingContext ctx) {
    String refreshToken = required(ctx, "refresh_token", "missing refresh token");
    Tokens.Grant grant =
        tokens
            .refresh(refreshToken)
            .orElseThrow(() -> TwitchError.unauthorized("Invalid refresh token"));
    return granted(tokens.user(grant), refreshToken);
  }

  private Answer granted(Token token, String refreshToken) {
    List<String> scope = token.ofApp() ? null : token.scopes();
    return Answer.json(
        200, new Granted(token.value(), tokens.secondsLeft(token), refreshToken, scope, "bearer"));
  }

  Answer validate(RoutingContext ctx) {
    String authorization = ctx.request().getHeader("authorization");
    if (authorization == null) {
      throw TwitchError.unauthorized("missing authorization token");
    }
    String[] schemeAndToken = authorization.trim().split(" +", 2);
    boolean known = schemeAndToken[0].matches("(?i)oauth|bearer");
    Token token =
        tokens
            .valid(known && schemeAndToken.length == 2 ? schemeAndToken[1] : "")
            .orElseThrow(() -> TwitchError.unauthorized("invalid access token"));
    User user = token.user();
    long left = tokens.secondsLeft(token);
    return Answer.json(
        200,
        user == null
            ? new Validated(token.clientId(), null, null, null, left)
            : new Validated(token.clientId(), user.login(), token.scopes(), user.id(), left));
  }

  Answer revoke(RoutingContext ctx) {
    String client = required(ctx, "client_id", "missing client id");
    String value = required(ctx, "token", "missing token");
    if (!client.equals(Twitch.CLIENT_ID)) {
      throw new TwitchError(404, "client does not exist");
    }
    Token token = tokens.valid(value).orElseThrow(() -> TwitchError.badRequest("Invalid token"));
    tokens.revoke(token);
    return Answer.empty(200);
  }

  /** From the form, else from the query; a body of another type counts as no body. */
  private static String required(RoutingContext ctx, String name, String otherwise) {
    String type = String.valueOf(ctx.request().getHeader("content-type"));
    boolean form = type.toLowerCase(Locale.ROOT).startsWith(FORM);
    String value = form ? ctx.request().getFormAttribute(name) : null;
    value = value == null ? ctx.queryParams().get(name) : value;
    if (value == null || value.isEmpty()) {
      throw TwitchError.badRequest(otherwise);
    }
    return value;
  }

  private static Answer error(int status, String message) {
    return Answer.json(
        status, new ErrorBody(status == 401 ? "Unauthorized" : null, status, message));
  }
}
