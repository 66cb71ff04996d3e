package dev.sluice.identity.token;

import java.util.Set;

/**
 * Whose a token is, as its issuer says.
 *
 * @param issuer the issuer's name here; empty, it is this gateway's own
 * @param subject its {@code sub}: a user's id where the gateway is the issuer
 * @param session the session that it is of, of the gateway's own; else null
 * @param roles what the issuer says the subject is
 * @param permissions what it says the subject may
 * @param email an address that it says is the subject's, and has verified; else null
 * @param expires from when on it is no token any more, leeway included; ms since the epoch
 */
public record Principal(
    String issuer,
    String subject,
    String session,
    Set<String> roles,
    Set<String> permissions,
    String email,
    long expires) {

  /**
   * The issuer's name and the subject, as {@code company:42}; of the gateway's own, a user's id.
   */
  public String name() {
    return isOurs() ? subject : issuer + ":" + subject;
  }

  /** Whether the gateway has issued it. */
  public boolean isOurs() {
    return issuer.isEmpty();
  }
}
