package dev.sluice.sandbox.microsoft;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * What a tenant's discovery document says (OpenID Connect Discovery §3), as far as it is simulated.
 */
@JsonNaming(SnakeCaseStrategy.class)
record MicrosoftDiscovery(
    String tokenEndpoint,
    List<String> tokenEndpointAuthMethodsSupported,
    String jwksUri,
    List<String> responseModesSupported,
    List<String> subjectTypesSupported,
    List<String> idTokenSigningAlgValuesSupported,
    List<String> responseTypesSupported,
    List<String> scopesSupported,
    String issuer,
    boolean requestUriParameterSupported,
    String authorizationEndpoint,
    List<String> claimsSupported) {

  /**
   * The document.
   *
   * @param asked the tenant as the path has it: the endpoints have it, too
   */
  static MicrosoftDiscovery at(String origin, String asked, Tenant tenant) {
    String base = origin + "/" + asked;
    return new MicrosoftDiscovery(
        base + "/oauth2/v2.0/token",
        List.of("client_secret_post", "client_secret_basic"),
        base + "/discovery/v2.0/keys",
        List.of("query"),
        List.of("pairwise"),
        List.of("RS256"),
        List.of("code"),
        List.of("openid", "profile", "email", "offline_access"),
        origin + "/" + tenant.inIssuer() + "/v2.0",
        false,
        base + "/oauth2/v2.0/authorize",
        List.of(
            "sub",
            "iss",
            "aud",
            "exp",
            "iat",
            "nonce",
            "preferred_username",
            "name",
            "tid",
            "ver",
            "email"));
  }
}
