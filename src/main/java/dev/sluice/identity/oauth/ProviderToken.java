package dev.sluice.identity.oauth;

/**
 * A provider's own access token, for the client, which calls the provider with it; kept nowhere.
 *
 * @param expiresIn seconds
 * @param scope null where it was not said
 */
public record ProviderToken(String accessToken, long expiresIn, String tokenType, String scope) {
  @Override
  public String toString() {
    return "ProviderToken[" + scope + "]";
  }
}
