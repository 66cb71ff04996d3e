package dev.sluice.identity;

import dev.sluice.identity.oauth.OAuthSettings;
import dev.sluice.identity.session.SessionSettings;
import dev.sluice.identity.signin.CodeSettings;
import dev.sluice.identity.signin.PasswordSettings;
import dev.sluice.identity.token.AccessSettings;
import dev.sluice.identity.token.IssuerSettings;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whom callers may be.
 *
 * @param url what clients know the gateway as, and {@code iss} of its own tokens; empty, {@code
 *     sluice}
 * @param issuers outside issuers by a name of the operator's, under which their subjects are known
 * @param leeway how far clocks may be apart
 * @param access the gateway's own tokens
 * @param roles what each role may
 * @param admins addresses whose owners are administrators
 */
public record IdentitySettings(
    String url,
    Map<String, IssuerSettings> issuers,
    Duration leeway,
    AccessSettings access,
    SessionSettings sessions,
    CodeSettings codes,
    PasswordSettings passwords,
    OAuthSettings oauth,
    Map<String, List<String>> roles,
    List<String> admins) {
  private static final Duration MOST = Duration.ofMinutes(5);
  private static final String NAMELESS = "sluice";

  public IdentitySettings {
    issuers = Map.copyOf(issuers);
    roles = Map.copyOf(roles);
    admins = List.copyOf(admins);
    if (!url.isEmpty() && !isOrigin(url)) {
      throw new IllegalArgumentException("url must be one such as https://api.example.com");
    }
    if (leeway.compareTo(MOST) > 0) {
      throw new IllegalArgumentException("leeway may be 5m at most: an expired token is none");
    }
    Set<String> taken = new HashSet<>(Set.of(url.isEmpty() ? NAMELESS : url));
    issuers.forEach(
        (name, issuer) -> {
          if (!name.matches("[A-Za-z0-9_-]{1,40}")) {
            throw new IllegalArgumentException(
                "the name of an issuer has letters, digits, _ and - alone: " + name);
          }
          if (!taken.add(issuer.issuer())) {
            throw new IllegalArgumentException("two issuers have the iss " + issuer.issuer());
          }
        });
  }

  /** {@code iss} of the gateway's own tokens. */
  public String issuer() {
    return url.isEmpty() ? NAMELESS : url;
  }

  private static boolean isOrigin(String text) {
    try {
      URI uri = URI.create(text);
      boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      return web && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getQuery() == null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
