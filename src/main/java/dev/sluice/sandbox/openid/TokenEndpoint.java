package dev.sluice.sandbox.openid;

import dev.sluice.sandbox.Answer;
import dev.sluice.sandbox.openid.Refusal.Reason;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Function;

/** Where codes and refresh tokens become tokens (RFC 6749 §3.2). */
public final class TokenEndpoint<A extends Account> {

  private final ClientAuthentication authentication;
  private final Grants<A> grants;
  private final Dialect<A> dialect;

  /** For the one application that it knows. */
  public TokenEndpoint(Client client, Grants<A> grants, Dialect<A> dialect) {
    this.authentication = new ClientAuthentication(client);
    this.grants = grants;
    this.dialect = dialect;
  }

  /** An operation that answers what it refuses in the provider's shape. */
  public Function<RoutingContext, Answer> shaped(Function<RoutingContext, Answer> endpoint) {
    return ctx -> {
      try {
        return endpoint.apply(ctx);
      } catch (Refusal refusal) {
        return dialect.error(dialect.say(refusal));
      }
    };
  }

  /** Tokens, which nobody may keep on the way (RFC 6749 §5.1). */
  public Answer token(RoutingContext ctx) {
    Fields form = Fields.ofForm(ctx);
    String type = form.require("grant_type");
    authentication.require(ctx, form);
    Answer answer =
        switch (type) {
          case "authorization_code" -> dialect.issue(ctx, byCode(form), false);
          case "refresh_token" -> dialect.issue(ctx, byRefreshToken(form), true);
          default -> throw new Refusal(Reason.BAD_GRANT_TYPE, type);
        };
    return answer.with("cache-control", "no-store").with("pragma", "no-cache");
  }

  private Grant<A> byCode(Fields form) {
    String code = form.require("code");
    return grants.redeem(code, form.require("redirect_uri"), form.get("code_verifier"));
  }

  private Grant<A> byRefreshToken(Fields form) {
    Grant<A> grant = grants.refresh(form.require("refresh_token"));
    List<String> wanted = form.words("scope");
    for (String scope : wanted) {
      if (!grant.has(scope)) {
        throw new Refusal(Reason.SCOPE_NOT_GRANTED, scope);
      }
    }
    return grant.refreshed(wanted);
  }
}
