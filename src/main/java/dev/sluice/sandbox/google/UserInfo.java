package dev.sluice.sandbox.google;

import dev.sluice.sandbox.Answer;
import dev.sluice.sandbox.openid.Grant;
import dev.sluice.sandbox.openid.Grants;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What Google tells of a person (OpenID Connect Core §5.3), as far as they allow it. */
final class UserInfo {

  private final Grants<GoogleAccount> grants;

  UserInfo(Grants<GoogleAccount> grants) {
    this.grants = grants;
  }

  Answer userinfo(RoutingContext ctx) {
    String header = String.valueOf(ctx.request().getHeader("authorization"));
    String[] schemeAndToken = header.trim().split(" +", 2);
    boolean bearer = schemeAndToken.length == 2 && schemeAndToken[0].equalsIgnoreCase("bearer");
    Optional<Grant<GoogleAccount>> grant =
        bearer ? grants.access(schemeAndToken[1]) : Optional.empty();
    return grant
        .map(known -> Answer.json(200, claims(known)))
        .orElseGet(
            () ->
                Answer.json(
                        401, new GoogleDialect.ErrorBody("invalid_request", "Invalid Credentials"))
                    .with(
                        "www-authenticate",
                        "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\""));
  }

  /** The same claims stand in ID tokens. */
  static Map<String, Object> claims(Grant<GoogleAccount> grant) {
    GoogleAccount account = grant.account();
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("sub", account.id());
    if (account.domain() != null) {
      claims.put("hd", account.domain());
    }
    if (GoogleScopes.has(grant.scopes(), "email")) {
      claims.put("email", account.email());
      claims.put("email_verified", account.verified());
    }
    if (GoogleScopes.has(grant.scopes(), "profile")) {
      claims.put("name", account.name());
      claims.put("given_name", account.givenName());
      if (account.familyName() != null) {
        claims.put("family_name", account.familyName());
      }
      claims.put("picture", "https://lh3.googleusercontent.com/a/sandbox=s96-c");
    }
    return claims;
  }
}
