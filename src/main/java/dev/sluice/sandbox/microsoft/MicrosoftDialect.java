package dev.sluice.sandbox.microsoft;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.sluice.sandbox.Answer;
import dev.sluice.sandbox.openid.AuthorizationRequest;
import dev.sluice.sandbox.openid.Dialect;
import dev.sluice.sandbox.openid.Digests;
import dev.sluice.sandbox.openid.Fields;
import dev.sluice.sandbox.openid.Grant;
import dev.sluice.sandbox.openid.Grants;
import dev.sluice.sandbox.openid.Origin;
import dev.sluice.sandbox.openid.Refusal;
import dev.sluice.sandbox.openid.SigningKeys;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Microsoft's way of giving out tokens. */
final class MicrosoftDialect implements Dialect<MicrosoftAccount> {

  private static final Set<String> OPENID = Set.of("openid", "profile", "email", "offline_access");
  private static final String GRAPH = "https://graph.microsoft.com/";

  private final Grants<MicrosoftAccount> grants;
  private final SigningKeys keys;

  /** The token endpoint's answer. */
  @JsonNaming(SnakeCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Granted(
      String tokenType,
      String scope,
      long expiresIn,
      long extExpiresIn,
      String accessToken,
      String refreshToken,
      String idToken,
      String clientInfo) {}

  MicrosoftDialect(Grants<MicrosoftAccount> grants, SigningKeys keys) {
    this.grants = grants;
    this.keys = keys;
  }

  @Override
  public String title() {
    return "Microsoft";
  }

  @Override
  public String codePrefix() {
    return "1.A";
  }

  @Override
  public Words say(Refusal refusal) {
    return MicrosoftWords.of(refusal);
  }

  @Override
  public Answer error(Words words) {
    return Answer.json(
        words.status(), MicrosoftError.of(words, Instant.ofEpochSecond(grants.now())));
  }

  @Override
  public boolean admits(RoutingContext ctx, MicrosoftAccount account) {
    return Microsoft.tenant(ctx).admits(account.tenant());
  }

  @Override
  public boolean hasScope(String scope) {
    String name = scope.startsWith(GRAPH) ? scope.substring(GRAPH.length()) : scope;
    return OPENID.contains(scope) || name.matches("[A-Za-z]+\\.[A-Za-z.]+");
  }

  @Override
  public boolean isOffline(AuthorizationRequest request, MicrosoftAccount account) {
    return request.scopes().contains("offline_access");
  }

  @Override
  public Map<String, String> more(AuthorizationRequest request, Grant<MicrosoftAccount> grant) {
    return Map.of("session_state", UUID.randomUUID().toString());
  }

  /** Each answer has a refresh token of its own; those before stay good. */
  @Override
  public Answer issue(RoutingContext ctx, Grant<MicrosoftAccount> grant, boolean refreshed) {
    long life = Grants.TOKEN_LIFE.toSeconds();
    boolean asked = "1".equals(Fields.ofForm(ctx).get("client_info"));
    return Answer.json(
        200,
        new Granted(
            "Bearer",
            told(grant),
            life,
            life,
            grants.accessFor(grant, "EwB"),
            grant.offline() ? grants.refreshFor(grant, "1.AX") : null,
            grant.has("openid") ? idToken(ctx, grant) : null,
            asked ? clientInfo(grant.account()) : null));
  }

  private String idToken(RoutingContext ctx, Grant<MicrosoftAccount> grant) {
    return keys.sign(IdTokenClaims.of(grant, Origin.of(ctx), grants.now()));
  }

  /** The scopes of the access token, to which {@code offline_access} does not belong. */
  private static String told(Grant<MicrosoftAccount> grant) {
    return String.join(
        " ", grant.scopes().stream().filter(scope -> !scope.equals("offline_access")).toList());
  }

  /** By which the provider's own libraries tell accounts apart. */
  private static String clientInfo(MicrosoftAccount account) {
    JsonObject info = new JsonObject().put("uid", account.id()).put("utid", account.tenant());
    return Digests.base64(info.toBuffer().getBytes());
  }
}
