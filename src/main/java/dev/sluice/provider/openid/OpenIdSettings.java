package dev.sluice.provider.openid;

import dev.sluice.provider.Traffic;
import java.util.List;

/**
 * A section of {@code providers} whose provider people sign in with.
 *
 * @param authUrl the host of the discovery document
 * @param tenant whose discovery document of Microsoft's, such as {@code common}; empty for others
 * @param clientId the application's id; empty, nobody signs in with this provider
 * @param clientSecret the application's secret
 * @param scopes what people are asked to allow
 * @param traffic how much the provider is asked
 */
public record OpenIdSettings(
    String authUrl,
    String tenant,
    String clientId,
    String clientSecret,
    List<String> scopes,
    Traffic traffic) {

  public OpenIdSettings {
    if (!tenant.matches("[A-Za-z0-9.-]*")) {
      throw new IllegalArgumentException("tenant must be common, organizations, an id or a domain");
    }
    if (!scopes.contains("openid")) {
      throw new IllegalArgumentException("scopes must have openid among them");
    }
    scopes = List.copyOf(scopes);
  }

  /** Where the discovery document is (OpenID Connect Discovery §4; Microsoft's has its version). */
  public String discoveryUrl() {
    String issuer = tenant.isEmpty() ? authUrl : authUrl + "/" + tenant + "/v2.0";
    return issuer + "/.well-known/openid-configuration";
  }

  @Override
  public String toString() {
    return "OpenIdSettings[" + discoveryUrl() + ", client " + clientId + ", " + scopes + "]";
  }
}
