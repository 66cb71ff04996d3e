package dev.sluice.identity.oauth;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Signing in at a provider's.
 *
 * @param redirectUris where a provider may send users back to, to the letter; of this machine
 *     (127.0.0.1, [::1]) any port will do, for desktop apps (RFC 8252 §7.3)
 * @param lifetime within which a sign-in must be ended
 */
public record OAuthSettings(List<String> redirectUris, Duration lifetime) {
  private static final Set<String> HERE = Set.of("127.0.0.1", "[::1]");

  public OAuthSettings {
    redirectUris = List.copyOf(redirectUris);
    if (lifetime.isZero() || lifetime.toHours() > 1) {
      throw new IllegalArgumentException("lifetime must be above 0 and an hour at most");
    }
  }

  /** Whether users may be sent back there. */
  boolean allows(String uri) {
    return redirectUris.contains(uri) || redirectUris.contains(withoutPort(uri));
  }

  private static String withoutPort(String uri) {
    try {
      URI parsed = URI.create(uri);
      boolean here = "http".equals(parsed.getScheme()) && HERE.contains(parsed.getHost());
      if (!here || parsed.getRawUserInfo() != null || parsed.getPort() < 0) return "";
      return uri.replaceFirst(":" + parsed.getPort() + "(?=[/?#]|$)", "");
    } catch (IllegalArgumentException | NullPointerException e) {
      return "";
    }
  }
}
