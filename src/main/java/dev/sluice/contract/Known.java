package dev.sluice.contract;

import java.util.Map;
import java.util.Set;

/**
 * What of the configuration a policy may speak of.
 *
 * @param limits the names of limit classes
 * @param upstreams the names of upstreams
 * @param takesTokens whether there is anybody whose tokens are taken
 * @param keepsCalls whether calls can be kept, for their repeats or until later
 * @param environment what {@code ${VAR}} is taken from
 */
public record Known(
    Set<String> limits,
    Set<String> upstreams,
    boolean takesTokens,
    boolean keepsCalls,
    Map<String, String> environment) {

  /** What is wrong where tokens are wanted, and no issuer is there whose they could be. */
  public static final String NO_ISSUER =
      "nobody's tokens are taken, so that nobody could call; name an issuer in identity.issuers, or add"
          + " identity to apps";

  /** What is wrong where a call is to be kept, and there is nowhere to. */
  public static final String NO_TRAFFIC = "calls are kept nowhere; add traffic to apps";

  /** Limit classes alone, as apps need them. */
  public static Known limits(Set<String> limits) {
    return new Known(limits, Set.of(), true, true, Map.of());
  }

  /** The environment has secrets in it. */
  @Override
  public String toString() {
    return "Known[" + limits + ", " + upstreams + "]";
  }
}
