package dev.sluice.identity;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Whom callers may be.
 *
 * @param issuers outside issuers by a name of the operator's, under which their subjects are known
 * @param leeway how far clocks may be apart
 */
public record IdentitySettings(Map<String, IssuerSettings> issuers, Duration leeway) {
  private static final Duration MOST = Duration.ofMinutes(5);

  public IdentitySettings {
    issuers = Map.copyOf(issuers);
    if (leeway.compareTo(MOST) > 0) {
      throw new IllegalArgumentException("leeway may be 5m at most: an expired token is none");
    }
    Set<String> taken = new HashSet<>();
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
}
