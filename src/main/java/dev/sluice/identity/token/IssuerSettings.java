package dev.sluice.identity.token;

import java.net.URI;
import java.util.List;
import java.util.Set;

/**
 * An outside issuer whose tokens are taken: JWTs (RFC 7519) signed by a key that it publishes.
 *
 * @param issuer what {@code iss} must be, to the letter
 * @param audience of which {@code aud} must name one
 * @param keysUrl where its JWKS is (RFC 7517 §5)
 * @param algorithms what it may sign with (RFC 7518 §3.1); asymmetric ones alone
 * @param rolesClaim the claim that lists the subject's roles; one within another as {@code
 *     realm_access.roles}
 * @param permissionsClaim the claim of its permissions: a list, or a text as {@code scope} is (RFC
 *     8693 §4.2)
 */
public record IssuerSettings(
    String issuer,
    List<String> audience,
    String keysUrl,
    List<String> algorithms,
    String rolesClaim,
    String permissionsClaim) {
  private static final Set<String> KNOWN =
      Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

  public IssuerSettings {
    if (issuer == null || issuer.isEmpty()) {
      throw new IllegalArgumentException("issuer must be what its tokens have as iss");
    }
    if (audience == null || audience.isEmpty()) {
      throw new IllegalArgumentException(
          "audience must be what its tokens for this gateway have as aud, or tokens for others"
              + " would be taken");
    }
    if (keysUrl == null || !isUrl(keysUrl)) {
      throw new IllegalArgumentException(
          "keysUrl must be the URL of its JWKS, by https (by http on this machine alone)");
    }
    audience = List.copyOf(audience);
    algorithms = algorithms == null ? List.of("RS256", "ES256") : List.copyOf(algorithms);
    if (algorithms.isEmpty() || !KNOWN.containsAll(algorithms)) {
      throw new IllegalArgumentException(
          "algorithms may be " + String.join(", ", KNOWN.stream().sorted().toList()));
    }
    if (rolesClaim == null) rolesClaim = "roles";
    if (permissionsClaim == null) permissionsClaim = "permissions";
  }

  Terms terms() {
    return new Terms(audience, algorithms, rolesClaim, permissionsClaim);
  }

  private static boolean isUrl(String text) {
    try {
      URI url = URI.create(text);
      String host = url.getHost();
      if (host == null || url.getUserInfo() != null) return false;
      boolean here = Set.of("localhost", "127.0.0.1", "[::1]").contains(host);
      return "https".equals(url.getScheme()) || here && "http".equals(url.getScheme());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
