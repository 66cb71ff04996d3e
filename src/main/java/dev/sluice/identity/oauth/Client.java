package dev.sluice.identity.oauth;

import java.util.List;
import java.util.Map;

/**
 * What the gateway is at a provider's.
 *
 * @param name the provider's
 * @param id the client's
 * @param scopes what is asked for
 * @param extras further parameters of its authorization endpoint
 */
public record Client(String name, String id, List<String> scopes, Map<String, String> extras) {
  static final String MICROSOFT = "microsoft";

  /** Google gives a refresh token only so, and again only with consent. */
  public static Client google(String id, List<String> scopes) {
    return new Client("google", id, scopes, Map.of("access_type", "offline", "prompt", "consent"));
  }

  public static Client microsoft(String id, List<String> scopes) {
    return new Client(MICROSOFT, id, scopes, Map.of("prompt", "select_account"));
  }
}
