package dev.sluice.sandbox.google;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * What Google's discovery document says (OpenID Connect Discovery §3), as far as it is simulated.
 */
@JsonNaming(SnakeCaseStrategy.class)
record GoogleDiscovery(
    String issuer,
    String authorizationEndpoint,
    String tokenEndpoint,
    String userinfoEndpoint,
    String revocationEndpoint,
    String jwksUri,
    List<String> responseTypesSupported,
    List<String> responseModesSupported,
    List<String> subjectTypesSupported,
    List<String> idTokenSigningAlgValuesSupported,
    List<String> scopesSupported,
    List<String> tokenEndpointAuthMethodsSupported,
    List<String> claimsSupported,
    List<String> codeChallengeMethodsSupported,
    List<String> grantTypesSupported) {

  static GoogleDiscovery at(String origin) {
    return new GoogleDiscovery(
        origin,
        origin + Google.AUTHORIZE,
        origin + Google.TOKEN,
        origin + Google.USERINFO,
        origin + Google.REVOKE,
        origin + Google.CERTS,
        List.of("code"),
        List.of("query"),
        List.of("public"),
        List.of("RS256"),
        List.of("openid", "email", "profile"),
        List.of("client_secret_post", "client_secret_basic"),
        List.of(
            "aud",
            "email",
            "email_verified",
            "exp",
            "family_name",
            "given_name",
            "iat",
            "iss",
            "name",
            "picture",
            "sub"),
        List.of("S256"),
        List.of("authorization_code", "refresh_token"));
  }
}
