package dev.sluice.sandbox.google;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.sluice.sandbox.Answer;
import dev.sluice.sandbox.openid.AuthorizationRequest;
import dev.sluice.sandbox.openid.Dialect;
import dev.sluice.sandbox.openid.Digests;
import dev.sluice.sandbox.openid.Grant;
import dev.sluice.sandbox.openid.Grants;
import dev.sluice.sandbox.openid.Origin;
import dev.sluice.sandbox.openid.Refusal;
import dev.sluice.sandbox.openid.SigningKeys;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;

/** Google's way of giving out tokens. */
final class GoogleDialect implements Dialect<GoogleAccount> {

  private final Grants<GoogleAccount> grants;
  private final SigningKeys keys;

  /** The token endpoint's answer. */
  @JsonNaming(SnakeCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Granted(
      String accessToken,
      long expiresIn,
      String refreshToken,
      String scope,
      String tokenType,
      String idToken) {}

  /** The error shape of all its OAuth endpoints. */
  @JsonNaming(SnakeCaseStrategy.class)
  record ErrorBody(String error, String errorDescription) {}

  GoogleDialect(Grants<GoogleAccount> grants, SigningKeys keys) {
    this.grants = grants;
    this.keys = keys;
  }

  @Override
  public String title() {
    return "Google";
  }

  @Override
  public String codePrefix() {
    return "4/0A";
  }

  @Override
  public Words say(Refusal refusal) {
    return GoogleWords.of(refusal);
  }

  @Override
  public Answer error(Words words) {
    return Answer.json(words.status(), new ErrorBody(words.error(), words.description()));
  }

  @Override
  public boolean admits(RoutingContext ctx, GoogleAccount account) {
    return true;
  }

  @Override
  public boolean hasScope(String scope) {
    return GoogleScopes.exists(scope);
  }

  /** At the first consent to offline access, and whenever consent is asked for anew. */
  @Override
  public boolean isOffline(AuthorizationRequest request, GoogleAccount account) {
    boolean asked = "offline".equals(request.fields().get("access_type"));
    return asked && (request.prompts().contains("consent") || !grants.isOffline(account));
  }

  @Override
  public Map<String, String> more(AuthorizationRequest request, Grant<GoogleAccount> grant) {
    Map<String, String> more = new LinkedHashMap<>();
    more.put("scope", GoogleScopes.told(grant.scopes()));
    more.put("authuser", "0");
    if (grant.account().domain() != null) {
      more.put("hd", grant.account().domain());
    }
    more.put("prompt", request.prompts().contains("consent") ? "consent" : "none");
    return more;
  }

  /** A refresh token comes once; refreshing brings no other. */
  @Override
  public Answer issue(RoutingContext ctx, Grant<GoogleAccount> grant, boolean refreshed) {
    String access = grants.accessFor(grant, "ya29.a0");
    boolean first = grant.offline() && !refreshed;
    return Answer.json(
        200,
        new Granted(
            access,
            Grants.TOKEN_LIFE.toSeconds(),
            first ? grants.refreshFor(grant, "1//0") : null,
            GoogleScopes.told(grant.scopes()),
            "Bearer",
            grant.has("openid") ? keys.sign(claims(Origin.of(ctx), grant, access)) : null));
  }

  private Map<String, Object> claims(String issuer, Grant<GoogleAccount> grant, String access) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", issuer);
    claims.put("azp", Google.CLIENT_ID);
    claims.put("aud", Google.CLIENT_ID);
    claims.putAll(UserInfo.claims(grant));
    claims.put("at_hash", Digests.leftHalf(access));
    if (grant.nonce() != null) {
      claims.put("nonce", grant.nonce());
    }
    claims.put("iat", grants.now());
    claims.put("exp", grants.now() + Grants.TOKEN_LIFE.toSeconds());
    return claims;
  }
}
