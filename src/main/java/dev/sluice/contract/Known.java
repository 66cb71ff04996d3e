package dev.sluice.contract;

import java.util.Map;
import java.util.Set;

/**
 * What of the configuration a policy may speak of.
 *
 * @param limits the names of limit classes
 * @param upstreams the names of upstreams
 * @param takesTokens whether there is anybody whose tokens are taken
 * @param environment what {@code ${VAR}} is taken from
 */
public record Known(
    Set<String> limits,
    Set<String> upstreams,
    boolean takesTokens,
    Map<String, String> environment) {

  /** What is wrong where tokens are wanted, and no issuer is there whose they could be. */
  public static final String NO_ISSUER =
      "nobody's tokens are taken, so that nobody could call; name an issuer in identity.issuers, or add"
          + " identity to apps";

  /** Limit classes alone, as apps need them. */
  public static Known limits(Set<String> limits) {
    return new Known(limits, Set.of(), true, Map.of());
  }

  /** The environment has secrets in it. */
  @Override
  public String toString() {
    return "Known[" + limits + ", " + upstreams + "]";
  }
}
