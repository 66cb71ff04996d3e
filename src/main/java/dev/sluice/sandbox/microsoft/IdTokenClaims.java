package dev.sluice.sandbox.microsoft;

import dev.sluice.sandbox.openid.Digests;
import dev.sluice.sandbox.openid.Grant;
import dev.sluice.sandbox.openid.Grants;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What an ID token of version 2.0 says. The issuer is the person's own directory, whichever way
 * they came.
 *
 * @see <a href="https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference">ID
 *     token claims</a>
 */
final class IdTokenClaims {

  private IdTokenClaims() {}

  static Map<String, Object> of(Grant<MicrosoftAccount> grant, String origin, long now) {
    MicrosoftAccount account = grant.account();
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("ver", "2.0");
    claims.put("iss", origin + "/" + account.tenant() + "/v2.0");
    claims.put("sub", subject(account));
    claims.put("aud", Microsoft.CLIENT_ID);
    claims.put("exp", now + Grants.TOKEN_LIFE.toSeconds());
    claims.put("iat", now);
    claims.put("nbf", now);
    if (grant.has("profile")) {
      claims.put("name", account.name());
      claims.put("preferred_username", account.email());
      claims.put("oid", account.id());
    }
    if (grant.has("email")) {
      putEmail(claims, account);
    }
    if (grant.nonce() != null) {
      claims.put("nonce", grant.nonce());
    }
    claims.put("tid", account.tenant());
    claims.put(
        "uti", Digests.base64(Digests.sha256(UUID.randomUUID().toString())).substring(0, 22));
    return claims;
  }

  /** {@code xms_edov} comes as a boolean or as a number: both are met in the wild. */
  private static void putEmail(Map<String, Object> claims, MicrosoftAccount account) {
    claims.put("email", account.email());
    if (account.domainVerified()) {
      Object vouched = account.isPersonal() ? (Object) 1 : (Object) true;
      claims.put("xms_edov", vouched);
    }
  }

  /** Another for each application. */
  private static String subject(MicrosoftAccount account) {
    return Digests.base64(Digests.sha256(Microsoft.CLIENT_ID + " " + account.id()));
  }
}
