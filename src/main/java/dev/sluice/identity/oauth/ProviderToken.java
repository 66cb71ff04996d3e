package dev.sluice.identity.oauth;

import io.vertx.core.json.JsonObject;

/**
 * A provider's own access token, for the client, which calls the provider with it; kept nowhere.
 *
 * @param expiresIn seconds
 */
public record ProviderToken(String accessToken, long expiresIn, String tokenType, String scope) {

  public static ProviderToken of(JsonObject tokens) {
    return new ProviderToken(
        tokens.getString("access_token"),
        tokens.getLong("expires_in", 0L),
        tokens.getString("token_type", "Bearer"),
        tokens.getString("scope"));
  }

  @Override
  public String toString() {
    return "ProviderToken[" + scope + "]";
  }
}
