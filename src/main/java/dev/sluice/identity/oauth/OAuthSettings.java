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
  private static final Duration LONGEST = Duration.ofHours(1);

  public OAuthSettings {
    redirectUris = List.copyOf(redirectUris);
    redirectUris.stream()
        .filter(uri -> !isRedirect(uri))
        .findFirst()
        .ifPresent(
            uri -> {
              throw new IllegalArgumentException(
                  "redirectUris are such as https://app.example.com/callback, http on this machine"
                      + " alone, or an app's own scheme such as com.example.app:/callback; not "
                      + uri);
            });
    if (lifetime.isZero() || lifetime.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("lifetime must be above 0 and an hour at most");
    }
  }

  /** A code goes there: so not in clear text, and to no script (RFC 9700 §2.1, RFC 8252 §7.1). */
  private static boolean isRedirect(String text) {
    try {
      URI uri = URI.create(text);
      String scheme = uri.getScheme();
      if (scheme == null || uri.getRawFragment() != null || uri.getRawUserInfo() != null) {
        return false;
      }
      if (scheme.equals("https")) return uri.getHost() != null;
      if (!scheme.equals("http")) return scheme.contains(".");
      return "localhost".equals(uri.getHost())
          || uri.getHost() != null && HERE.contains(uri.getHost());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Whether users may be sent back there. */
  boolean allows(String uri) {
    return redirectUris.contains(uri) || redirectUris.contains(withoutPort(uri));
  }

  private static String withoutPort(String uri) {
    try {
      URI parsed = URI.create(uri);
      String host = parsed.getHost();
      boolean here = "http".equals(parsed.getScheme()) && host != null && HERE.contains(host);
      if (!here || parsed.getRawUserInfo() != null) return "";
      boolean port = parsed.getPort() > 0 && parsed.getPort() <= 65_535;
      String start = "http://" + host + ":" + parsed.getPort();
      return port && uri.startsWith(start) ? "http://" + host + uri.substring(start.length()) : "";
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
