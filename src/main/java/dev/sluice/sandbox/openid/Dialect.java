package dev.sluice.sandbox.openid;

import dev.sluice.sandbox.Answer;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;

/** In what one provider differs from another. */
public interface Dialect<A extends Account> {

  /** A refusal in the provider's words. */
  record Words(int status, String error, String description) {}

  /** What the provider calls itself on its pages. */
  String title();

  /** What its codes begin with. */
  String codePrefix();

  /** How it says no. */
  Words say(Refusal refusal);

  /** A refusal as its token endpoint answers it. */
  Answer error(Words words);

  /** Whether that person can sign in at the asked address. */
  boolean admits(RoutingContext ctx, A account);

  /** Whether it has such a scope. */
  boolean hasScope(String scope);

  /** Whether the person's grant comes with a refresh token. */
  boolean isOffline(AuthorizationRequest request, A account);

  /** What it adds to code and state. */
  Map<String, String> more(AuthorizationRequest request, Grant<A> grant);

  /**
   * The answer of the token endpoint.
   *
   * @param refreshed whether it was asked with a refresh token, not with a code
   */
  Answer issue(RoutingContext ctx, Grant<A> grant, boolean refreshed);
}
